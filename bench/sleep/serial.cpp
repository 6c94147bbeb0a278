// SPDX-License-Identifier: MIT
// The floor of a cancelled sleep: a throw and its catch, one frame above.

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

struct cancelled {};

[[gnu::noinline]] void sleep() { throw cancelled(); }

bool throw_often() {
  std::uint64_t caught = 0;
  for (std::uint64_t i = 0; i < sleeping::tasks; ++i) {
    try {
      sleep();
    } catch (const cancelled&) {
      ++caught;
    }
  }
  return caught == sleeping::tasks;
}

}  // namespace

int main() { return measure::per_operation("throw_and_catch", sleeping::tasks, throw_often); }
