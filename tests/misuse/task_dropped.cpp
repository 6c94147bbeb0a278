// SPDX-License-Identifier: MIT
// A call of a coroutine whose task is dropped does nothing, and says so.
// expect: a task does nothing until it is awaited
#include <jackdaw/task.hpp>

jackdaw::task<> work() { co_return; }

jackdaw::task<> body() {
#ifdef WELL_USED
  co_await work();
#else
  work();
#endif
  co_return;
}
