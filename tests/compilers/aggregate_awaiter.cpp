// SPDX-License-Identifier: MIT
// An awaiter that is itself an aggregate with a non-trivial member, as a call's argument: GCC 12
// destroys it twice.
#include "counted.hpp"
#include "toy_task.hpp"

struct ready {
  toy::counted held;
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  int await_resume() const noexcept { return held.value; }
};

int sum(int a, int b) { return a + b; }

toy::task<bool> body() {
  const int got = sum(co_await ready{toy::counted(3)}, co_await ready{toy::counted(4)});
  co_return got == 7;
}

int main() { return toy::ran_well(body()) && toy::counted::balanced() ? 0 : 1; }
