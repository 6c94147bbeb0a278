// SPDX-License-Identifier: MIT
// expect: has been in task #
// expect: the greedy one
// expect: send what blocks to jd::to_thread
// traced: the greedy one
#include <chrono>

#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>

namespace jd = jackdaw;
using namespace std::chrono_literals;

jd::task<> compute() {
  const auto end = std::chrono::steady_clock::now() + 300ms;
  while (std::chrono::steady_clock::now() < end) {
  }
  co_return;
}

jd::task<int> stall() {
  const auto body = [](jd::task_group& group) -> jd::task<> {
    group.spawn(jd::spawn_options{.name = "the greedy one"}, compute);
    co_return;
  };
  co_await jd::with_task_group(body);
  co_return 0;
}

int main() { return jd::run(stall()); }
