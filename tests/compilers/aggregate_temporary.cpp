// SPDX-License-Identifier: MIT
// An aggregate with a non-trivial member as a temporary beside `co_await`: GCC 12 destroys the
// member twice.
#include "counted.hpp"
#include "toy_task.hpp"

struct options {
  toy::counted limit;
};

toy::task<int> read(const options& o) {
  const int result = o.limit.value;
  co_return result;
}

toy::task<bool> body() {
  const int got = co_await read(options{toy::counted(7)});
  co_return got == 7;
}

int main() { return toy::ran_well(body()) && toy::counted::balanced() ? 0 : 1; }
