// SPDX-License-Identifier: MIT
// expect: a task was destroyed that nobody has awaited
// expect: forgetful_caller
#include <jackdaw/runtime.hpp>
#include <jackdaw/task.hpp>

namespace jd = jackdaw;

jd::task<int> number(int n) { co_return n; }

void forgetful_caller() {
  const jd::task<int> kept = number(1);  // [[nodiscard]] does not help here
}

jd::task<int> body() {
  forgetful_caller();
  co_return 0;
}

int main() { return jd::run(body()); }
