// SPDX-License-Identifier: MIT
// The address of a thread_local taken before and after a `co_await` that changes the thread: a
// compiler that keeps the first answer reaches into the old thread's copy.
#include "another_thread.hpp"

thread_local int mark = 0;

toy::task<bool> body(std::thread& thread) {
  const int* const before = &mark;
  co_await toy::to_another_thread(thread);
  co_return &mark != before;
}

int main() { return toy::ran_well_over_threads(body) ? 0 : 1; }
