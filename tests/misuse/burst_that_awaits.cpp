// SPDX-License-Identifier: MIT
// A burst is a plain function: what awaits belongs in the task.
// expect: a burst cannot await: offload a plain function and await in the task
#include <jackdaw/offload/offload.hpp>
#include <jackdaw/task.hpp>

jackdaw::task<int> coroutine(int n) { co_return n; }
int computation(int n) { return n * n; }

jackdaw::task<int> body() {
#ifdef WELL_USED
  co_return co_await jackdaw::offload(computation, co_await coroutine(2));
#else
  co_return co_await jackdaw::offload(coroutine, 2);
#endif
}
