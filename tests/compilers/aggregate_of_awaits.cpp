// SPDX-License-Identifier: MIT
// An aggregate initialised by several `co_await`: GCC 12 destroys its members twice.
#include "counted.hpp"
#include "toy_task.hpp"

struct both {
  toy::counted first;
  toy::counted second;
};

toy::task<toy::counted> make(int value) {
  toy::counted made(value);
  co_return made;
}

toy::task<bool> body() {
  const both got = both{co_await make(3), co_await make(4)};
  co_return got.first.value == 3 && got.second.value == 4;
}

int main() { return toy::ran_well(body()) && toy::counted::balanced() ? 0 : 1; }
