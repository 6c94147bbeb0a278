// SPDX-License-Identifier: MIT
// S23 at random on real threads: a cancel against a grant, a permit, an item, an end, a dropped
// handle, a deadline.
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/sync/channel.hpp>
#include <jackdaw/sync/semaphore.hpp>
#include "support/build.hpp"
#include "support/errors.hpp"
#include "support/foreign_thread.hpp"
#include "support/gate.hpp"
#include "support/random.hpp"
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;
using support::foreign_thread;
using support::gate;

constexpr std::size_t rounds = support::scaled(100'000, 3);

jd::task<int> pass(gate& g) {
  co_await g.pass();
  co_return 1;
}

struct cancel_job {
  jd::join_handle<int>* handle;
  bool requested = false;
  static void run(void* p) {
    auto& self = *static_cast<cancel_job*>(p);
    self.requested = self.handle->cancel("at random");
  }
};

jd::task<> cancel_against_grant(foreign_thread& foreign, support::random& dice) {
  gate g;
  auto body = [&](jd::task_group& group) -> jd::task<> {
    auto h = group.spawn(pass, std::ref(g));
    if (dice.below(2) == 0) co_await g.until_waiting(1);
    cancel_job job{&h};
    foreign.post(cancel_job::run, &job, dice.below(300));
    for (std::uint32_t spins = dice.below(300); spins != 0; --spins) (void)g.turns_left();
    g.admit_one();
    foreign.finish();
    const auto how = co_await jd::settle(h);
    EXPECT_NE(how.has_value(), how.cancelled());
    EXPECT_TRUE(job.requested || how.has_value()) << "cancelled although the request was refused";
    EXPECT_EQ(g.turns_left(), how.has_value() ? 0U : 1U) << "the turn was lost, or taken twice";
  };
  co_await jd::with_task_group(body);
}

template <class Round>
void repeat(std::size_t workers, std::size_t count, Round round) {
  const std::uint64_t seed = support::test_seed();
  SCOPED_TRACE("JACKDAW_TEST_SEED=" + std::to_string(seed));
  support::random dice(seed);
  foreign_thread foreign;
  // In portions: on a busy machine all rounds take longer than what counts as hanging.
  constexpr std::size_t portion = 1000;
  const auto some = [&]() -> jd::task<> {
    for (std::size_t i = 0; i < portion && !::testing::Test::HasFailure(); ++i)
      co_await round(foreign, dice);
  };
  for (std::size_t done = 0; done < count && !::testing::Test::HasFailure(); done += portion) {
    if (workers == 1) support::run_with<1>(some);
    if (workers == 2) support::run_with<2>(some);
    if (workers == 4) support::run_with<4>(some);
  }
}

TEST(stress, S23_cancel_against_grant_has_one_winner) {
  for (std::size_t workers : {1U, 2U, 4U}) repeat(workers, rounds / 3, cancel_against_grant);
}

// What is given while the task is cancelled: the task has it, or it is still there.
template <class Take, class Give>
jd::task<bool> taken_beside_cancel(foreign_thread& foreign, support::random& dice, Take take,
                                   Give give) {
  bool taken = false;
  auto body = [&](jd::task_group& group) -> jd::task<> {
    auto h = group.spawn(take);
    for (std::uint32_t turns = dice.below(3); turns != 0; --turns) co_await jd::yield();
    cancel_job job{&h};
    foreign.post(cancel_job::run, &job, dice.below(300));
    for (std::uint32_t turns = 1U << dice.below(14); turns != 0; --turns) (void)h.done();
    give();
    foreign.finish();
    const auto how = co_await jd::settle(h);
    EXPECT_NE(how.has_value(), how.cancelled());
    taken = how.has_value();
  };
  co_await jd::with_task_group(body);
  co_return taken;
}

jd::task<> cancel_against_permit(foreign_thread& foreign, support::random& dice) {
  jd::semaphore permits(0);
  auto take = [&]() -> jd::task<int> {
    (co_await permits.acquire()).keep();
    co_return 1;
  };
  auto give = [&] { permits.release(); };
  const bool taken = co_await taken_beside_cancel(foreign, dice, take, give);
  EXPECT_EQ(permits.available(), taken ? 0 : 1) << "the permit was lost, or given twice";
}

TEST(stress, S23_cancel_against_release_loses_no_permit) {
  for (std::size_t workers : {1U, 2U, 4U}) repeat(workers, rounds / 3, cancel_against_permit);
}

jd::task<> cancel_against_item(foreign_thread& foreign, support::random& dice) {
  jd::channel<int> items(1);
  auto take = [&]() -> jd::task<int> { co_return (co_await items.receive()).value(); };
  auto give = [&] { EXPECT_TRUE(items.try_send(1)); };
  const bool taken = co_await taken_beside_cancel(foreign, dice, take, give);
  EXPECT_NE(items.try_receive().has_value(), taken) << "the item was lost, or received twice";
}

TEST(stress, S23_cancel_against_send_loses_no_item) {
  for (std::size_t workers : {1U, 2U, 4U}) repeat(workers, rounds / 3, cancel_against_item);
}

jd::task<> cancel_against_room(foreign_thread& foreign, support::random& dice) {
  jd::channel<int> items(1);
  EXPECT_TRUE(items.try_send(1));
  auto take = [&]() -> jd::task<int> {
    co_await items.send(2);
    co_return 1;
  };
  auto give = [&] { EXPECT_EQ(items.try_receive(), 1); };
  const bool taken = co_await taken_beside_cancel(foreign, dice, take, give);
  EXPECT_EQ(items.try_receive().has_value(), taken) << "sent although cancelled, or not sent";
}

TEST(stress, S23_cancel_against_receive_sends_once_or_not_at_all) {
  for (std::size_t workers : {1U, 2U, 4U}) repeat(workers, rounds / 3, cancel_against_room);
}

jd::task<int> short_task(std::uint32_t yields) {
  for (; yields != 0; --yields) co_await jd::settle(jd::yield());
  co_return 1;
}

jd::task<> cancel_against_end(foreign_thread& foreign, support::random& dice) {
  auto body = [&](jd::task_group& group) -> jd::task<> {
    auto h = group.spawn(short_task, dice.below(3));
    cancel_job job{&h};
    foreign.post(cancel_job::run, &job, dice.below(500));
    const auto how = co_await jd::settle(h);
    EXPECT_NE(how.has_value(), how.cancelled());
    foreign.finish();
    EXPECT_TRUE(job.requested || how.has_value());
  };
  co_await jd::with_task_group(body);
}

TEST(stress, S23_handle_cancel_against_the_end_of_an_awaited_task) {
  for (std::size_t workers : {1U, 2U, 4U}) repeat(workers, rounds / 3, cancel_against_end);
}

// The canceller works on a handle that it shares with the task that is woken: the one that comes
// second destroys it.
struct shared_handle {
  jd::join_handle<int> handle;
  std::atomic<int> users{2};
  static void cancel_and_let_go(void* p) {
    auto& self = *static_cast<shared_handle*>(p);
    self.handle.cancel();
    self.let_go();
  }
  void let_go() {
    if (users.fetch_sub(1) == 1) delete this;
  }
};

jd::task<> drop_against_end(foreign_thread& foreign, support::random& dice) {
  auto body = [&](jd::task_group& group) -> jd::task<> {
    auto* shared = new shared_handle;
    shared->handle = group.spawn(short_task, dice.below(3));
    foreign.post(shared_handle::cancel_and_let_go, shared, dice.below(500));
    if (dice.below(2) == 0) co_await jd::settle(shared->handle);
    shared->let_go();
  };
  co_await jd::with_task_group(body);
  foreign.finish();
}

TEST(stress, S24_handles_that_are_dropped_and_cancelled_while_their_task_ends) {
  for (std::size_t workers : {1U, 2U, 4U}) repeat(workers, rounds / 3, drop_against_end);
}

struct scope_job {
  std::optional<jd::cancel_handle> scope;
  jd::group_handle group;
  static void run(void* p) {
    auto& self = *static_cast<scope_job*>(p);
    if (self.scope.has_value()) self.scope->cancel();
    self.group.cancel();
  }
};

jd::task<> cancel_against_scope_end(foreign_thread& foreign, support::random& dice) {
  scope_job job;
  gate g;
  auto scoped = [&](jd::cancel_scope& scope) -> jd::task<> {
    job.scope = scope.handle();
    auto body = [&](jd::task_group& group) -> jd::task<> {
      job.group = group.handle();
      for (std::uint32_t n = dice.below(4); n != 0; --n) group.spawn(pass, std::ref(g));
      foreign.post(scope_job::run, &job, dice.below(500));
      g.open();
      co_return;
    };
    co_await jd::with_task_group(body);
  };
  co_await jd::with_cancel_scope(scoped);
  foreign.finish();
}

TEST(stress, S24_counted_handles_of_scopes_and_groups_against_their_end) {
  for (std::size_t workers : {1U, 2U, 4U}) repeat(workers, rounds / 6, cancel_against_scope_end);
}

struct open_job {
  gate* g;
  static void run(void* p) { static_cast<open_job*>(p)->g->admit_one(); }
};

jd::task<> timeout_against_grant(foreign_thread& foreign, support::random& dice) {
  gate g;
  open_job job{&g};
  foreign.post(open_job::run, &job, dice.below(2000));
  const auto limit = std::chrono::microseconds(dice.below(30));
  const auto how = co_await jd::settle(jd::with_timeout(limit, g.pass()));
  const bool timed_out = support::as<jd::timeout_error>(how.error()) != nullptr;
  EXPECT_NE(how.has_value(), timed_out);
  foreign.finish();
  EXPECT_EQ(g.turns_left(), how.has_value() ? 0U : 1U);
}

TEST(stress, S35_timeout_against_completion_has_one_winner) {
  for (std::size_t workers : {1U, 2U, 4U}) repeat(workers, rounds / 60, timeout_against_grant);
}

// Many tasks at one gate, many cancels at random, turns given at random: nothing is lost, nobody
// hangs.
jd::task<> storm_at_a_gate(foreign_thread&, support::random& dice) {
  constexpr std::size_t tasks = 64;
  gate g;
  std::size_t given = 0;
  std::atomic<std::size_t> taken{0};
  auto take = [&]() -> jd::task<> {
    co_await g.pass();
    taken.fetch_add(1);
  };
  auto body = [&](jd::task_group& group) -> jd::task<> {
    std::vector<jd::join_handle<void>> handles;
    for (std::size_t i = 0; i < tasks; ++i) handles.push_back(group.spawn(take));
    for (std::size_t i = 0; i < 2 * tasks; ++i) {
      const std::uint32_t what = dice.below(4);
      if (what == 0) {
        g.admit_one();
        ++given;
      } else if (what == 1) {
        co_await jd::yield();
      } else {
        handles[dice.below(tasks)].cancel();
      }
    }
    group.cancel();
  };
  co_await jd::with_task_group(body);
  EXPECT_EQ(given, taken.load() + g.turns_left());
  EXPECT_EQ(g.waiting(), 0U);
}

TEST(stress, S23_storms_of_cancels_and_grants_lose_no_turn) {
  for (std::size_t workers : {1U, 2U, 4U}) repeat(workers, rounds / 150, storm_at_a_gate);
}

}  // namespace
