// SPDX-License-Identifier: MIT
// A body of a group is a task of its own and no generator: a co_yield across an open group cannot
// be written (S54, PEP 789). expect: no member named 'yield_value'
#include <jackdaw/structured/task_group.hpp>

jackdaw::task<> body(jackdaw::task_group&) {
#ifdef WELL_USED
  co_return;
#else
  co_yield 1;
#endif
}
