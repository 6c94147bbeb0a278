// SPDX-License-Identifier: MIT
// expect: a task was awaited that was awaited before, or moved from
// aborts
#include <utility>

#include <jackdaw/runtime.hpp>
#include <jackdaw/task.hpp>

namespace jd = jackdaw;

jd::task<int> number(int n) { co_return n; }

jd::task<int> twice() {
  jd::task<int> t = number(1);
  const int first = co_await std::move(t);
  co_return first + co_await std::move(t);
}

int main() { return jd::run(twice()); }
