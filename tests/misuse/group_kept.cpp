// SPDX-License-Identifier: MIT
// A task group is used by reference and never copied; who outlives it wants handle().
// expect: call to deleted constructor of 'jackdaw::task_group'
// expect of gcc: use of deleted function
#include <jackdaw/structured/task_group.hpp>

void body(jackdaw::task_group& group) {
#ifdef WELL_USED
  const jackdaw::group_handle kept = group.handle();
  kept.cancel();
#else
  jackdaw::task_group kept = group;
#endif
}
