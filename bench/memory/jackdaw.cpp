// SPDX-License-Identifier: MIT
// Waiting and sleeping tasks on jackdaw.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/time/sleep.hpp>

#include <atomic>
#include <functional>

#include "workload.hpp"

namespace {

namespace jd = jackdaw;

struct roll {
  std::atomic<std::uint64_t> begun{0};
  jd::event all_begun;
  jd::event never;

  void enter() {
    if (begun.fetch_add(1, std::memory_order_relaxed) + 1 == resident::tasks) all_begun.set();
  }
};

jd::task<> park(roll& r) {
  r.enter();
  co_await r.never.wait();
}
jd::task<> sleep(roll& r) {
  r.enter();
  co_await jd::sleep_for(std::chrono::hours(1));
}

jd::task<> measure_growth(jd::task_group& group, const char* name, jd::task<> (*task)(roll&),
                          roll& r) {
  const double before = measure::memory("VmRSS");
  for (std::uint64_t i = 0; i < resident::tasks; ++i) group.spawn(task, std::ref(r));
  co_await r.all_begun.wait();
  resident::growth(name, before);
}

jd::task<> measure_all() {
  roll parked, sleeping;
  auto body = [&](jd::task_group& group) -> jd::task<> {
    co_await measure_growth(group, "parked_task", park, parked);
    co_await measure_growth(group, "sleeping_task", sleep, sleeping);
    group.cancel();
  };
  co_await jd::with_task_group(body);
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  runtime.run(measure_all());
}
