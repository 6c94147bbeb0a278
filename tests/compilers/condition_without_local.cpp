// SPDX-License-Identifier: MIT
// `co_await` in the condition of a body that has no local variable: GCC 12 never runs the body.
#include "toy_task.hpp"

toy::task<bool> yes() { co_return true; }

toy::task<bool> chosen() {
  if (co_await yes()) {
    co_return true;
  }
  co_return false;
}

int main() { return toy::ran_well(chosen()) ? 0 : 1; }
