// SPDX-License-Identifier: MIT
// A braced list of `co_await` for an initializer_list constructor: GCC 12 rejects it.
#include <vector>

#include "counted.hpp"
#include "toy_task.hpp"

toy::task<toy::counted> make(int value) {
  toy::counted made(value);
  co_return made;
}

toy::task<bool> body() {
  const std::vector<toy::counted> got{co_await make(3), co_await make(4)};
  co_return got.size() == 2 && got[0].value == 3 && got[1].value == 4;
}

int main() { return toy::ran_well(body()) && toy::counted::balanced() ? 0 : 1; }
