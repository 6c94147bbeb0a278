// SPDX-License-Identifier: MIT
// A closure with a capture as a temporary beside `co_await`: GCC 12 destroys the capture twice.
#include "counted.hpp"
#include "toy_task.hpp"

template <class F>
toy::task<int> call(F&& f) {
  const int result = f();
  co_return result;
}

toy::task<bool> body() {
  toy::counted c(7);
  const int got = co_await call([kept = std::move(c)] { return kept.value; });
  co_return got == 7;
}

int main() { return toy::ran_well(body()) && toy::counted::balanced() ? 0 : 1; }
