// SPDX-License-Identifier: MIT
// The body of a timeout is no generator: no co_yield across an open timeout (S54, PEP 789).
// expect: no member named 'yield_value'
// expect of gcc: no member named ‘yield_value’
#include <chrono>

#include <jackdaw/async_generator.hpp>
#include <jackdaw/structured/timeout.hpp>

jackdaw::async_generator<int> numbers() {
  auto body = [](jackdaw::timeout_scope&) -> jackdaw::task<int> {
#ifdef WELL_USED
    co_return 1;
#else
    co_yield 1;
#endif
  };
  const int number = co_await jackdaw::with_timeout(std::chrono::seconds(1), body);
  co_yield number;
}
