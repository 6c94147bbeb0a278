// SPDX-License-Identifier: MIT
// A task that a deadline, a cancel or a failure keeps from starting was not forgotten.
#include <chrono>
#include <stdexcept>
#include <utility>

#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>

namespace jd = jackdaw;
using namespace std::chrono_literals;

jd::task<int> number(int n) { co_return n; }
jd::task<int> failure() {
  throw std::runtime_error("no");
  co_return 0;
}
jd::task<int> outer(jd::task<int> inner) { co_return co_await std::move(inner); }

jd::task<int> drop_all() {
  (void)co_await jd::move_on_after(-1s, outer(number(1)));
  (void)co_await jd::settle(jd::gather(failure(), number(2), outer(number(3))));
  const auto body = [](jd::task_group& group) -> jd::task<> {
    group.cancel();
    group.spawn(number(4));
    group.spawn(number, 5);
    co_return;
  };
  co_await jd::with_task_group(body);
  co_return 0;
}

int main() { return jd::run(drop_all()); }
