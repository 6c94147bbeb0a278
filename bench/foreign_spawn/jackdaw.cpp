// SPDX-License-Identifier: MIT
// Tasks from a foreign thread on jackdaw: submit.
#include <jackdaw/runtime.hpp>

#include <vector>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<std::uint64_t> give_back(std::uint64_t value) { co_return value; }

bool submit_all(jd::runtime& runtime) {
  std::vector<jd::submission<std::uint64_t>> all;
  all.reserve(foreign::tasks);
  for (std::uint64_t i = 0; i < foreign::tasks; ++i) all.push_back(runtime.submit(give_back(i)));
  std::uint64_t sum = 0;
  for (auto& each : all) sum += each.get();
  return sum == foreign::expected;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  return measure::per_operation("foreign_spawn", foreign::tasks,
                                [&] { return submit_all(runtime); });
}
