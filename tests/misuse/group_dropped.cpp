// SPDX-License-Identifier: MIT
// A group is a task that has to be awaited: its join cannot be forgotten (S48).
// expect: a task does nothing until it is awaited
#include <jackdaw/structured/task_group.hpp>

jackdaw::task<> children(jackdaw::task_group&) { co_return; }

jackdaw::task<> body() {
#ifdef WELL_USED
  co_await jackdaw::with_task_group(children);
#else
  jackdaw::with_task_group(children);
#endif
  co_return;
}
