// SPDX-License-Identifier: MIT
// A million awaits of tasks that end at once: without a tail call for the transfer the stack
// overflows.
#include "toy_task.hpp"

toy::task<int> leaf() { co_return 1; }

toy::task<bool> body() {
  int sum = 0;
  for (int i = 0; i < 1'000'000; ++i) sum += co_await leaf();
  co_return sum == 1'000'000;
}

int main() { return toy::ran_well(body()) ? 0 : 1; }
