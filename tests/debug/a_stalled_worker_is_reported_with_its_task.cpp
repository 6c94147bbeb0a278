// SPDX-License-Identifier: MIT
// expect: has been in task #
// expect: the greedy one
// expect: send what blocks to jd::to_thread
// traced: the greedy one
#include <functional>

#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>

#include "said.hpp"

namespace jd = jackdaw;

jd::task<> compute(said& on_stderr) {
  on_stderr.wait_for("what computes to jd::offload\n");
  co_return;
}

jd::task<int> stall(said& on_stderr) {
  const auto body = [&](jd::task_group& group) -> jd::task<> {
    group.spawn(jd::spawn_options{.name = "the greedy one"}, compute, std::ref(on_stderr));
    co_return;
  };
  co_await jd::with_task_group(body);
  co_return 0;
}

int main() {
  said on_stderr;
  return jd::run(stall(on_stderr));
}
