// SPDX-License-Identifier: MIT
// fib on jackdaw: gather of two.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<std::uint64_t> fib(int n) {
  if (n < 2) co_return static_cast<std::uint64_t>(n);
  const auto [a, b] = co_await jd::gather(fib(n - 1), fib(n - 2));
  co_return a + b;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  return measure::once(
      "fib", [&] { return runtime.run(fib(fibonacci::argument)) == fibonacci::expected; });
}
