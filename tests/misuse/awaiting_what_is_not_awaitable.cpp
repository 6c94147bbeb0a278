// SPDX-License-Identifier: MIT
// Only what knows how to be cancelled can be awaited in a task.
// expect: no matching member function for call to 'await_transform'
// expect of gcc: no matching function for call to
#include <jackdaw/task.hpp>
#include <jackdaw/yield.hpp>

jackdaw::task<> body() {
#ifdef WELL_USED
  co_await jackdaw::yield();
#else
  co_await 5;
#endif
}
