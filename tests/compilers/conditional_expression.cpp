// SPDX-License-Identifier: MIT
// `?:` with `co_await` in a branch: GCC 12 destroys the result twice.
#include "counted.hpp"
#include "toy_task.hpp"

toy::task<toy::counted> make(int value) {
  toy::counted made(value);
  co_return made;
}

toy::task<bool> body(bool condition) {
  const toy::counted got = condition ? co_await make(7) : toy::counted(0);
  co_return got.value == 7;
}

int main() { return toy::ran_well(body(true)) && toy::counted::balanced() ? 0 : 1; }
