// SPDX-License-Identifier: MIT
// fib on oneTBB: task_group, the second half in place.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_group.h>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

std::uint64_t fib(int n) {
  if (n < 2) return static_cast<std::uint64_t>(n);
  std::uint64_t a = 0;
  oneapi::tbb::task_group group;
  group.run([&a, n] { a = fib(n - 1); });
  const std::uint64_t b = fib(n - 2);
  group.wait();
  return a + b;
}

}  // namespace

int main(int argc, char** argv) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          measure::workers(argc, argv));
  return measure::once("fib", [] { return fib(fibonacci::argument) == fibonacci::expected; });
}
