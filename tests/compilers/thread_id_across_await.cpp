// SPDX-License-Identifier: MIT
// The thread's id asked before and after a `co_await` that changes the thread: glibc declares
// pthread_self const, so a compiler may keep the first answer.
#include <pthread.h>

#include "another_thread.hpp"

toy::task<bool> body(std::thread& thread) {
  const pthread_t before = pthread_self();
  co_await toy::to_another_thread(thread);
  co_return pthread_self() != before;
}

int main() { return toy::ran_well_over_threads(body) ? 0 : 1; }
