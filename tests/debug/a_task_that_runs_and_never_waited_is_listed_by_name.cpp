// SPDX-License-Identifier: MIT
// expect: the busy one running
#include <atomic>
#include <iostream>

#include <jackdaw/diagnostics/task_tree.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>

namespace jd = jackdaw;

std::atomic<bool> runs{false};
std::atomic<bool> seen{false};

jd::task<> be_busy() {
  runs = true;
  while (!seen) {
  }
  co_return;
}

jd::task<int> look() {
  const auto body = [](jd::task_group& group) -> jd::task<> {
    group.spawn(jd::spawn_options{.name = "the busy one"}, be_busy);
    while (!runs) {  // the other worker takes it
    }
    jd::dump_tasks(std::cerr);
    seen = true;
    co_return;
  };
  co_await jd::with_task_group(body);
  co_return 0;
}

int main() { return jd::run(look()); }
