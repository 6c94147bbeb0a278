// SPDX-License-Identifier: MIT
// Subjects of the sweep: generators, waiting for several, trying again,
// resources.
#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <jackdaw/async_generator.hpp>
#include <jackdaw/structured/as_completed.hpp>
#include <jackdaw/structured/cleanup.hpp>
#include <jackdaw/structured/for_each.hpp>
#include <jackdaw/structured/for_each_completed.hpp>
#include <jackdaw/structured/on_exit.hpp>
#include <jackdaw/structured/retry.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/wait.hpp>
#include <jackdaw/task_local.hpp>
#include <jackdaw/time/interval.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

#include "simulation/sweep.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;

namespace sweep {

namespace {

jd::task<int> after(support::tracked, int ms) {
  co_await jd::sleep_for(std::chrono::milliseconds(ms));
  co_return ms;
}

jd::task<> tick_tock(stage& s) {
  jd::interval tick(1ms);
  std::uint64_t ticks = 0;
  for (int i = 0; i != 3; ++i) ticks += co_await tick.next();
  s.expect(ticks == 3, "an interval counts its ticks");
}
jd::task<> interval_subject(stage& s) { co_await s.attacked(tick_tock(s)); }

jd::task<int> fail_at_first(support::tracked, int& calls) {
  co_await jd::yield();
  if (++calls < 3) throw std::runtime_error("not yet");
  co_return calls;
}
jd::task<> try_again(stage& s) {
  int calls = 0;
  const int n = co_await jd::retry(jd::retry_policy{.attempts = 5, .backoff = 1ms, .seed = 1},
                                   [&] { return fail_at_first(s.token(), calls); });
  s.expect(n == 3, "retry gives the first value");
}
jd::task<> retry_subject(stage& s) { co_await s.attacked(try_again(s)); }

jd::async_generator<int> numbers(support::tracked, deed& d) {
  co_await jd::on_exit(&deed::undo, &d);
  d.done();
  for (int i = 0; i != 4; ++i) {
    co_await jd::yield();
    co_yield i;
  }
}
jd::task<> consume_numbers(stage& s, deed& d) {
  int sum = 0;
  co_await jd::for_each(numbers(s.token(), d), [&](int& n) -> jd::task<bool> {
    sum += n;
    co_await jd::yield();
    co_return n != 2;
  });
  s.expect(sum == 3, "a generator gives its items in order");
  s.expect(d.undone(), "a generator that was left has cleaned up");
}
jd::task<> generator_subject(stage& s) {
  deed d(s);
  co_await s.attacked(consume_numbers(s, d));
}

jd::task<> wait_for_first(stage& s, std::vector<jd::join_handle<int>>& handles) {
  const auto w = co_await jd::wait(handles, jd::wait_until::first_completed);
  s.expect(w.done.size() + w.pending.size() == 2, "done and pending are everything");
  s.expect(!w.done.empty(), "one has ended");
}
jd::task<> wait_subject(stage& s) {
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    std::vector<jd::join_handle<int>> handles;
    handles.push_back(group.spawn(after, s.token(), 1));
    handles.push_back(group.spawn(after, s.token(), 30));
    co_await s.attacked(wait_for_first(s, handles));
    const int late = co_await handles[1];
    s.expect(late == 30, "who waits cancels nothing");
  });
}

std::vector<jd::task<int>> some_tasks(stage& s) {
  std::vector<jd::task<int>> all;
  for (int i = 1; i != 4; ++i) all.push_back(after(s.token(), i));
  return all;
}

jd::task<> take_as_completed(stage& s) {
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    auto stream = jd::as_completed(group, some_tasks(s));
    std::size_t seen = 0;
    while (auto item = co_await stream.next()) ++seen;
    s.expect(seen == 3, "each task is seen once");
  });
}
jd::task<> as_completed_subject(stage& s) { co_await s.attacked(take_as_completed(s)); }

jd::task<> handle_each(stage& s) {
  std::size_t seen = 0;
  co_await jd::for_each_completed(some_tasks(s), [&](jd::outcome<int>, std::size_t) -> jd::task<> {
    co_await jd::yield();
    ++seen;
  });
  s.expect(seen == 3, "each task is handled once");
}
jd::task<> for_each_completed_subject(stage& s) { co_await s.attacked(handle_each(s)); }

const jd::task_local<int> depth(0);
jd::task<> look_at_local(stage& s) {
  co_await jd::yield();
  const int value = co_await depth.get();
  s.expect(value == 3, "a task-local has the value that was bound");
}
jd::task<> bind_local(stage& s) { co_await depth.with_value(3, look_at_local(s)); }
jd::task<> task_local_subject(stage& s) { co_await s.attacked(bind_local(s)); }

/// Something that must be closed.
class resource {
 public:
  explicit resource(deed& d) noexcept : deed_(&d) { d.done(); }
  jd::task<> close() { return deed_->undo(); }

 private:
  deed* deed_;
};
jd::task<resource> open_resource(support::tracked, deed& d) {
  co_await jd::yield();
  co_return resource(d);
}
jd::task<> use_resource(stage& s, deed& d) {
  co_await jd::with_resource(open_resource(s.token(), d), [&](resource&) -> jd::task<> {
    s.expect(!d.undone(), "a resource is open while it is used");
    co_await jd::sleep_for(1ms);
  });
}
jd::task<> resource_subject(stage& s) {
  deed d(s);
  co_await s.attacked(use_resource(s, d));
}

}  // namespace

const std::vector<subject>& flow_subjects() {
  static const std::vector<subject> all{
      {"interval", interval_subject},         {"retry", retry_subject},
      {"for_each", generator_subject},        {"wait", wait_subject},
      {"as_completed", as_completed_subject}, {"for_each_completed", for_each_completed_subject},
      {"task_local", task_local_subject},     {"with_resource", resource_subject},
  };
  return all;
}

}  // namespace sweep
