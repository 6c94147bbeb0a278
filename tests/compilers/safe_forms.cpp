// SPDX-License-Identifier: MIT
// The forms that docs/compilers.md recommends in place of the faulty ones: right on every compiler.
#include <functional>
#include <optional>
#include <utility>

#include "counted.hpp"
#include "toy_task.hpp"

using toy::counted;
using toy::task;

task<counted> make(int value) {
  counted made(value);
  co_return made;
}
task<bool> yes() { co_return true; }

template <class F, class... Args>
task<int> call(F f, Args... args) {
  const int result = f(args...);
  co_return result;
}

task<std::optional<int>> next(int& left) {
  std::optional<int> item;
  if (left > 0) item = left--;
  co_return item;
}

task<bool> condition_with_a_local() {
  const bool chosen = co_await yes();
  if (chosen) co_return true;
  co_return false;
}

task<bool> closure_in_a_statement_of_its_own() {
  counted c(7);
  auto made = call([kept = std::move(c)] { return kept.value; });
  const int got = co_await made;
  co_return got == 7;
}

task<bool> arguments_in_place_of_captures() {
  counted c(7);
  const int got = co_await call([](const counted& kept) { return kept.value; }, std::move(c));
  co_return got == 7;
}

task<bool> bound_arguments() {
  counted c(7);
  const int got =
      co_await call(std::bind_front([](const counted& kept) { return kept.value; }, std::move(c)));
  co_return got == 7;
}

task<bool> capture_by_reference() {
  counted c(7);
  const int got = co_await call([&c] { return c.value; });
  co_return got == 7;
}

task<bool> if_in_place_of_the_conditional_operator(bool condition) {
  counted got(0);
  if (condition) got = co_await make(7);
  co_return got.value == 7;
}

task<bool> loop_over_a_declared_value() {
  int left = 3;
  int sum = 0;
  while (auto item = co_await next(left)) sum += *item;
  co_return sum == 6;
}

task<bool> structured_binding() {
  auto [first, second] = std::pair(co_await make(3), 4);
  co_return first.value == 3 && second == 4;
}

task<bool> await_inside_try() {
  int got = 0;
  try {
    got = (co_await make(7)).value;
  } catch (...) {
    co_return false;
  }
  co_return got == 7;
}

int main() {
  const bool right = toy::ran_well(condition_with_a_local()) &&
                     toy::ran_well(closure_in_a_statement_of_its_own()) &&
                     toy::ran_well(arguments_in_place_of_captures()) &&
                     toy::ran_well(bound_arguments()) && toy::ran_well(capture_by_reference()) &&
                     toy::ran_well(if_in_place_of_the_conditional_operator(true)) &&
                     toy::ran_well(loop_over_a_declared_value()) &&
                     toy::ran_well(structured_binding()) && toy::ran_well(await_inside_try());
  return right && counted::balanced() ? 0 : 1;
}
