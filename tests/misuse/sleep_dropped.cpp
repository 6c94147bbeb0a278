// SPDX-License-Identifier: MIT
// A sleep without co_await is refused.
// expect: ignoring return value of function declared with 'nodiscard' attribute
// expect of gcc: ignoring return value of
#include <chrono>

#include <jackdaw/task.hpp>
#include <jackdaw/time/sleep.hpp>

jackdaw::task<> body() {
#ifdef WELL_USED
  co_await jackdaw::sleep_for(std::chrono::seconds(1));
#else
  jackdaw::sleep_for(std::chrono::seconds(1));
#endif
  co_return;
}
