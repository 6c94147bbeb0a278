// SPDX-License-Identifier: MIT
// A generator has one consumer: it cannot be copied to a second one.
// expect: call to implicitly-deleted copy constructor of 'jackdaw::async_generator<int>'
// expect of gcc: use of deleted function ‘jackdaw::async_generator<int>::async_generator(const
// jackdaw::async_generator<int>&)’
#include <utility>

#include <jackdaw/async_generator.hpp>

jackdaw::async_generator<int> numbers() { co_yield 1; }

void body() {
  auto gen = numbers();
#ifdef WELL_USED
  auto other = std::move(gen);
#else
  auto other = gen;
#endif
}
