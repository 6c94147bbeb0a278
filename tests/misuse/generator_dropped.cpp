// SPDX-License-Identifier: MIT
// A generator that nobody consumes does nothing.
// expect: a generator does nothing until it is consumed
#include <jackdaw/async_generator.hpp>

jackdaw::async_generator<int> numbers() { co_yield 1; }

void body() {
#ifdef WELL_USED
  auto gen = numbers();
#else
  numbers();
#endif
}
