// SPDX-License-Identifier: MIT
// A task group cannot be made, kept or copied: with_task_group makes it, and joins it (S48).
// expect: calling a private constructor of class 'jackdaw::task_group'
// expect of gcc: is private within this context
#include <jackdaw/structured/task_group.hpp>

jackdaw::task<> children(jackdaw::task_group&) { co_return; }

#ifdef WELL_USED
auto body() { return jackdaw::with_task_group(children); }
#else
void body(jackdaw::task_context& here) { jackdaw::task_group group(here); }
#endif
