// SPDX-License-Identifier: MIT
// A task is awaited once: as an rvalue, so that the place where it goes can be seen.
// expect: a task is awaited once, as an rvalue: write co_await std::move(t)
#include <utility>

#include <jackdaw/task.hpp>

jackdaw::task<int> number() { co_return 7; }

jackdaw::task<int> body() {
  jackdaw::task<int> t = number();
#ifdef WELL_USED
  const int got = co_await std::move(t);
#else
  const int got = co_await t;
#endif
  co_return got;
}
