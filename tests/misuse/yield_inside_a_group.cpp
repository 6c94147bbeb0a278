// SPDX-License-Identifier: MIT
// The body of a group is no generator: no co_yield across an open group (S54, PEP 789).
// expect: no member named 'yield_value'
// expect of gcc: no member named ‘yield_value’
#include <jackdaw/structured/task_group.hpp>

jackdaw::task<> body(jackdaw::task_group&) {
#ifdef WELL_USED
  co_return;
#else
  co_yield 1;
#endif
}
