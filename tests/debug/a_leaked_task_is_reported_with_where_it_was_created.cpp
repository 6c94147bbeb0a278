// SPDX-License-Identifier: MIT
// expect: a coroutine has leaked
// expect: careless_owner
#include <memory>
#include <optional>

#include <jackdaw/async_generator.hpp>
#include <jackdaw/runtime.hpp>

namespace jd = jackdaw;

jd::async_generator<int> numbers() {
  for (int i = 0;; ++i) co_yield i;
}

std::optional<jd::async_generator<int>> kept;  // longer than the runtime

void careless_owner() { kept.emplace(numbers()); }

jd::task<int> body() {
  careless_owner();
  const auto first = co_await kept->next();
  co_return first.value();
}

int main() { return jd::run(body()); }
