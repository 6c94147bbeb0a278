// SPDX-License-Identifier: MIT
// A program that knows jackdaw from its install tree only: two tasks in parallel, and their sum.
#include <jackdaw/jackdaw.hpp>

namespace jd = jackdaw;

jd::task<int> square(int x) { co_return x* x; }

jd::task<int> sum() {
  auto [nine, sixteen] = co_await jd::gather(square(3), square(4));
  co_return nine + sixteen;
}

int main() { return jd::run(sum()) == 25 ? 0 : 1; }
