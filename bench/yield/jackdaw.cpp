// SPDX-License-Identifier: MIT
// Yield on jackdaw.
#include <jackdaw/runtime.hpp>
#include <jackdaw/yield.hpp>

#include "../harness/measure.hpp"
#include "../harness/sum_of.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<std::uint64_t> yield_often() {
  std::uint64_t count = 0;
  for (; count < yielding::each; ++count) co_await jd::yield();
  co_return count;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  constexpr std::uint64_t all = yielding::tasks * yielding::each;
  return measure::per_operation("yield", all, [&] {
    return runtime.run(measure::sum_of(yielding::tasks, yield_often)) == all;
  });
}
