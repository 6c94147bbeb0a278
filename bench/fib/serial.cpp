// SPDX-License-Identifier: MIT
// fib as a plain function.
#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

std::uint64_t fib(int n) {
  if (n < 2) return static_cast<std::uint64_t>(n);
  return fib(n - 1) + fib(n - 2);
}

}  // namespace

int main() {
  return measure::once("fib", [] { return fib(fibonacci::argument) == fibonacci::expected; });
}
