// SPDX-License-Identifier: MIT
// A yield without co_await is refused.
// expect: a yield does nothing until it is awaited: write co_await
#include <jackdaw/task.hpp>
#include <jackdaw/yield.hpp>

jackdaw::task<> body() {
#ifdef WELL_USED
  co_await jackdaw::yield();
#else
  jackdaw::yield();
#endif
  co_return;
}
