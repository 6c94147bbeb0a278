// SPDX-License-Identifier: MIT
// Subjects of the sweep: structured concurrency. Children are joined, cleanups
// run once.
#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <jackdaw/structured/background_tasks.hpp>
#include <jackdaw/structured/cleanup.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/join_handle.hpp>
#include <jackdaw/structured/on_exit.hpp>
#include <jackdaw/structured/race.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

#include "simulation/sweep.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;

namespace sweep {

namespace {

jd::task<int> child(support::tracked, int value) {
  co_await jd::yield();
  co_await jd::sleep_for(std::chrono::milliseconds(value));
  co_return value;
}

jd::task<> gather_them(stage& s) {
  const support::tracked mine = s.token();
  auto [a, b, c] =
      co_await jd::gather(child(s.token(), 1), child(s.token(), 2), child(s.token(), 3));
  s.expect(a == 1 && b == 2 && c == 3, "gather gives its results in order");
}
jd::task<> gather_subject(stage& s) { co_await s.attacked(gather_them(s)); }

jd::task<> gather_a_range(stage& s) {
  std::vector<jd::task<int>> all;
  for (int i = 0; i != 4; ++i) all.push_back(child(s.token(), i));
  const std::vector<int> values = co_await jd::gather(std::move(all));
  s.expect(values == std::vector<int>{0, 1, 2, 3}, "gather gives its results in order");
}
jd::task<> gather_range_subject(stage& s) { co_await s.attacked(gather_a_range(s)); }

jd::task<> gather_settled_them(stage& s) {
  auto [a, b] = co_await jd::gather_settled(child(s.token(), 1), child(s.token(), 2));
  s.expect(!a.has_value() || a.value() == 1, "an outcome is that of its task");
  s.expect(!b.has_value() || b.value() == 2, "an outcome is that of its task");
}
jd::task<> gather_settled_subject(stage& s) { co_await s.attacked(gather_settled_them(s)); }

jd::task<> join_group(stage& s) {
  int live = 0;
  const at_end check([&] { s.expect(live == 0, "no child outlives its group"); });
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    const auto counted = [](stage& on, int& n) -> jd::task<> {
      ++n;
      const at_end leave([&] { --n; });
      (void)co_await child(on.token(), 2);
    };
    for (int i = 0; i != 3; ++i) group.spawn(counted, std::ref(s), std::ref(live));
    co_await jd::yield();
  });
}
jd::task<> group_subject(stage& s) { co_await s.attacked(join_group(s)); }

jd::task<> await_handle(stage& s, jd::join_handle<int>& h) {
  const int value = co_await h;
  s.expect(value == 3, "a handle gives the child's value");
}
jd::task<> join_handle_subject(stage& s) {
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    auto handle = group.spawn(child, s.token(), 3);
    co_await s.attacked(await_handle(s, handle));
    co_await await_handle(s, handle);  // who waited was hit, not the child
  });
}

jd::task<> race_them(stage& s) {
  const auto first = co_await jd::race(child(s.token(), 1), child(s.token(), 50));
  s.expect(first.index() == 0, "the first one wins a race");
}
jd::task<> race_subject(stage& s) { co_await s.attacked(race_them(s)); }

jd::task<int> fail_soon() {
  co_await jd::yield();
  throw 1;
}
jd::task<> first_success_of_them(stage& s) {
  // Cancelled together with an error: the error comes out, and the cancel stays pending (S11).
  const auto end = co_await jd::settle(jd::first_success(fail_soon(), child(s.token(), 5)));
  s.expect(!end.has_value() || end.value().index() == 1, "an error does not win");
}
jd::task<> first_success_subject(stage& s) { co_await s.attacked(first_success_of_them(s)); }

jd::task<> within_a_timeout(stage& s) {
  const int value = co_await jd::with_timeout(1s, child(s.token(), 5));
  s.expect(value == 5, "with_timeout gives the value");
}
jd::task<> timeout_subject(stage& s) { co_await s.attacked(within_a_timeout(s)); }

jd::task<> beyond_a_timeout(stage& s) {
  const auto value = co_await jd::move_on_after(5ms, child(s.token(), 50));
  s.expect(!value.has_value(), "move_on_after moves on");
}
jd::task<> move_on_subject(stage& s) { co_await s.attacked(beyond_a_timeout(s)); }

jd::task<> shielded(stage& s, int& done) {
  (void)co_await jd::shield(child(s.token(), 3));
  ++done;
  co_await jd::yield();
}
jd::task<> shield_subject(stage& s) {
  int done = 0;
  co_await s.attacked(shielded(s, done));
  s.expect(done <= 1, "it happens once");
}

jd::task<> with_a_cleanup(stage& s, deed& d) {
  const auto body = [](stage& on, deed& mine) -> jd::task<> {
    mine.done();
    (void)co_await child(on.token(), 3);
  };
  co_await jd::with_cleanup(body(s, d), [&d] { return d.undo(); });
}
jd::task<> cleanup_subject(stage& s) {
  deed d(s);
  co_await s.attacked(with_a_cleanup(s, d));
}

jd::task<> with_an_exit(stage& s, deed& d) {
  co_await jd::on_exit(&deed::undo, &d);
  d.done();
  (void)co_await child(s.token(), 3);
}
jd::task<> on_exit_subject(stage& s) {
  deed d(s);
  co_await s.attacked(with_an_exit(s, d));
}

jd::task<> settle_it(stage& s) {
  const jd::outcome<int> end = co_await jd::settle(child(s.token(), 3));
  s.expect(end.has_value() || end.error() != nullptr || end.cancelled(), "there is one outcome");
}
jd::task<> settle_subject(stage& s) { co_await s.attacked(settle_it(s)); }

jd::task<> shut_down(stage& s) {
  jd::background_tasks tasks;
  for (int i = 0; i != 2; ++i) tasks.spawn(child, s.token(), i);
  co_await jd::yield();
  co_await tasks.shutdown(jd::timeout{1ms});
}
jd::task<> background_subject(stage& s) { co_await s.attacked(shut_down(s)); }

jd::task<> within_a_scope(stage& s) {
  co_await jd::with_cancel_scope([&](jd::cancel_scope& scope) -> jd::task<> {
    (void)co_await child(s.token(), 1);
    scope.cancel();
    co_await jd::sleep_for(1s);
  });
}
jd::task<> cancel_scope_subject(stage& s) { co_await s.attacked(within_a_scope(s)); }

}  // namespace

const std::vector<subject>& structured_subjects() {
  static const std::vector<subject> all{
      {"gather", gather_subject},
      {"gather_range", gather_range_subject},
      {"gather_settled", gather_settled_subject},
      {"task_group", group_subject},
      {"join_handle", join_handle_subject},
      {"race", race_subject},
      {"first_success", first_success_subject},
      {"with_timeout", timeout_subject},
      {"move_on_after", move_on_subject},
      {"shield", shield_subject},
      {"with_cleanup", cleanup_subject},
      {"on_exit", on_exit_subject},
      {"settle", settle_subject},
      {"background_tasks", background_subject},
      {"with_cancel_scope", cancel_scope_subject},
  };
  return all;
}

}  // namespace sweep
