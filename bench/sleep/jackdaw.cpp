// SPDX-License-Identifier: MIT
// Sleeping tasks on jackdaw.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/time/sleep.hpp>

#include <atomic>
#include <functional>

#include "../harness/stopwatch.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

struct roll {
  std::atomic<std::uint64_t> begun{0};
  std::atomic<std::uint64_t> woken{0};
  jd::event all_begun;
};

jd::task<> sleeper(roll& r, jd::clock::time_point until) {
  if (r.begun.fetch_add(1, std::memory_order_relaxed) + 1 == sleeping::tasks) r.all_begun.set();
  co_await jd::sleep_until(until);
  r.woken.fetch_add(1, std::memory_order_relaxed);
}

jd::task<> put_to_sleep(jd::task_group& group, roll& r, jd::clock::time_point until) {
  for (std::uint64_t i = 0; i < sleeping::tasks; ++i) group.spawn(sleeper, std::ref(r), until);
  co_await r.all_begun.wait();
}

jd::task<int> create_and_cancel() {
  roll r;
  measure::stopwatch watch(sleeping::tasks);
  int wrong = 0;
  auto body = [&](jd::task_group& group) -> jd::task<> {
    co_await put_to_sleep(group, r, jd::clock::now() + sleeping::long_time);
    wrong += watch.lap("sleep_create", true);
    group.cancel();
  };
  co_await jd::with_task_group(body);
  wrong += watch.lap("sleep_cancel", r.woken == 0);
  co_return wrong;
}

jd::task<int> expire() {
  roll r;
  measure::stopwatch watch(sleeping::tasks);
  bool in_time = false;
  auto body = [&](jd::task_group& group) -> jd::task<> {
    const auto deadline = jd::clock::now() + sleeping::lead;
    co_await put_to_sleep(group, r, deadline);
    in_time = jd::clock::now() < deadline;
    co_await jd::sleep_until(deadline);
    watch.restart();
  };
  co_await jd::with_task_group(body);
  co_return watch.lap("sleep_expire", in_time && r.woken == sleeping::tasks);
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  int wrong = 0;
  for (int pass = 0; pass < 3; ++pass) wrong += runtime.run(create_and_cancel());
  return wrong + runtime.run(expire());
}
