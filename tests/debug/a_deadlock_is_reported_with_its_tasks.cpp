// SPDX-License-Identifier: MIT
// expect: a deadlock, unless another thread ends it
// expect: first waits for mutex
// expect: second waits for mutex
#include <chrono>
#include <functional>

#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/latch.hpp>
#include <jackdaw/sync/mutex.hpp>

#include "said.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;

jd::task<> lock_both(jd::mutex& mine, jd::mutex& other, jd::latch& both) {
  const auto held = co_await mine.lock();
  both.count_down();
  co_await both.wait();
  const auto wanted = co_await other.lock();
}

jd::task<> embrace() {
  jd::mutex a;
  jd::mutex b;
  jd::latch both(2);
  const auto body = [&](jd::task_group& group) -> jd::task<> {
    group.spawn({.name = "first"}, lock_both, std::ref(a), std::ref(b), std::ref(both));
    group.spawn({.name = "second"}, lock_both, std::ref(b), std::ref(a), std::ref(both));
    co_return;
  };
  co_await jd::with_task_group(body);
}

int main() {
  said on_stderr;
  jd::runtime rt;
  auto f = rt.submit(embrace());
  on_stderr.wait_for("a deadlock, unless another thread ends it");
  on_stderr.wait_for("second waits for mutex");
  on_stderr.wait_for("first waits for mutex");
  f.cancel();
  return f.wait_for(60s) ? 0 : 1;
}
