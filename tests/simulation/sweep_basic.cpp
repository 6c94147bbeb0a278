// SPDX-License-Identifier: MIT
// Subjects of the sweep: tasks, time, and what leaves the workers.
#include <chrono>
#include <functional>
#include <utility>
#include <vector>

#include <jackdaw/executors/strand.hpp>
#include <jackdaw/offload/from_thread.hpp>
#include <jackdaw/offload/offload.hpp>
#include <jackdaw/offload/to_thread.hpp>
#include <jackdaw/run_on.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/suspend.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

#include "simulation/sweep.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;

namespace sweep {

namespace {

jd::task<> yields(support::tracked) {
  for (int i = 0; i != 4; ++i) co_await jd::yield();
}
jd::task<> yield_subject(stage& s) { co_await s.attacked(yields(s.token())); }

jd::task<> checks(support::tracked) {
  for (int i = 0; i != 4; ++i) {
    co_await jd::checkpoint();
    co_await jd::yield();
  }
}
jd::task<> checkpoint_subject(stage& s) { co_await s.attacked(checks(s.token())); }

jd::task<> sleeps(support::tracked) {
  for (int i = 0; i != 4; ++i) co_await jd::sleep_for(10ms);
}
jd::task<> sleep_subject(stage& s) { co_await s.attacked(sleeps(s.token())); }

jd::task<int> nested(support::tracked mine, int depth) {
  co_await jd::yield();
  if (depth == 0) co_return 1;
  const int below = co_await nested(mine, depth - 1);
  co_return below + 1;
}
jd::task<> await_task(stage& s) {
  const int depth = co_await nested(s.token(), 3);
  s.expect(depth == 4, "a task gives its value");
}
jd::task<> task_subject(stage& s) { co_await s.attacked(await_task(s)); }

jd::task<> suspend_once(stage& s, std::vector<jd::resumer<int>>& parked) {
  const int n = co_await jd::suspend<int>([&](jd::resumer<int> r) { parked.push_back(r); });
  s.expect(n == 5, "a suspended task gets the value that it was resumed with");
}
jd::task<> suspend_subject(stage& s) {
  std::vector<jd::resumer<int>> parked;
  parked.reserve(1);
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(
        [](std::vector<jd::resumer<int>>& waiting) -> jd::task<> {
          co_await jd::sleep_for(1ms);
          for (const auto& r : waiting) r.resume(5);
        },
        std::ref(parked));
    co_await s.attacked(suspend_once(s, parked));
  });
}

/// A function for a thread: it may begin or not, but what it was given is
/// destroyed once.
struct job {
  support::tracked held;
  int* begun;
  int operator()() {
    ++*begun;
    return 3;
  }
};

template <class Call>
jd::task<> call_twice(stage& s, Call call, int& begun) {
  for (int i = 0; i != 2; ++i) {
    job work{s.token(), &begun};  // GCC 12 destroys no aggregate made in a co_await
    const int n = co_await call(std::move(work));
    s.expect(n == 3, "the value of the function is given");
  }
}
template <class Call>
jd::task<> called_subject(stage& s, Call call) {
  int begun = 0;
  co_await s.attacked(call_twice(s, call, begun));
  s.expect(begun <= 2, "a function runs once");
}
jd::task<> to_thread_subject(stage& s) {
  return called_subject(s, [](job&& j) { return jd::to_thread(std::move(j)); });
}
jd::task<> offload_subject(stage& s) {
  return called_subject(s, [](job&& j) { return jd::offload(std::move(j)); });
}

jd::task<> call_and_abandon(stage& s) {
  for (int i = 0; i != 2; ++i) {
    // The function may outlive everything here but the stage.
    const int n = co_await jd::to_thread(
        jd::on_cancel::abandon, [](support::tracked, int v) { return v; }, s.token(), 3);
    s.expect(n == 3, "to_thread gives the value");
  }
}
jd::task<> abandon_subject(stage& s) { co_await s.attacked(call_and_abandon(s)); }

jd::task<int> asked_by_thread(support::tracked) {
  co_await jd::sleep_for(1ms);
  co_return 4;
}
jd::task<> thread_that_asks(stage& s) {
  const int n =
      co_await jd::to_thread([&s] { return jd::from_thread::run(asked_by_thread(s.token())); });
  s.expect(n == 4, "from_thread::run gives the value of the task");
}
jd::task<> from_thread_subject(stage& s) { co_await s.attacked(thread_that_asks(s)); }

jd::task<> on_strand(stage& s, jd::strand& below) {
  const int n = co_await jd::run_on(below, nested(s.token(), 2));
  s.expect(n == 3, "run_on gives the value");
}
jd::task<> run_on_subject(stage& s) {
  jd::task_context& me = co_await jd::base::this_context();
  jd::strand below(*me.exec);
  co_await s.attacked(on_strand(s, below));
  s.expect(me.exec != &below, "run_on comes back");
}

}  // namespace

const std::vector<subject>& basic_subjects() {
  static const std::vector<subject> all{
      {"yield", yield_subject},
      {"checkpoint", checkpoint_subject},
      {"sleep", sleep_subject},
      {"task", task_subject},
      {"suspend", suspend_subject},
      {"to_thread", to_thread_subject},
      {"to_thread_abandoned", abandon_subject},
      {"offload", offload_subject},
      {"from_thread", from_thread_subject},
      {"run_on", run_on_subject},
  };
  return all;
}

}  // namespace sweep
