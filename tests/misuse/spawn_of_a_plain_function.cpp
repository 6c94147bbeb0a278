// SPDX-License-Identifier: MIT
// What is spawned is a coroutine; a plain function would run in the middle of spawn.
// expect: jackdaw: what is spawned must return a task
#include <jackdaw/structured/task_group.hpp>

jackdaw::task<> coroutine() { co_return; }
int plain() { return 1; }

void body(jackdaw::task_group& group) {
#ifdef WELL_USED
  group.spawn(coroutine);
#else
  group.spawn(plain);
#endif
}
