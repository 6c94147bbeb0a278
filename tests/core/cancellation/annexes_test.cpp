// SPDX-License-Identifier: MIT
// Annexes of a group's scope: whoever meets another one at its lock is a member like all others.
// annexes_interleavings.cpp has the races.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/diagnostics/task_tree.hpp>
#include <jackdaw/structured/background_tasks.hpp>
#include <jackdaw/structured/errors.hpp>
#include <jackdaw/structured/task_group.hpp>

#include "support/gate.hpp"
#include "support/run_test.hpp"

namespace jackdaw {
namespace {

task<> wait_for_the_end(support::gate& g, int& cancelled_ones) {
  try {
    co_await g.pass();
  } catch (const cancelled&) {
    ++cancelled_ones;  // one worker
    throw;
  }
}

/// Enrols `t` while somebody else has the lock of its scope, which has a member already.
void enrol_against_another(task_context& t) {
  scope& group = *t.home;
  while (t.home == &group) {  // the other one may let go too soon
    if (t.enrolled) t.dismiss();
    std::atomic<bool> locked{false};
    std::thread other([&] {
      group.for_each_member([&](member&) {
        locked = true;
        const auto enough = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
        while (std::chrono::steady_clock::now() < enough) base::pause();
      });
    });
    while (!locked) base::pause();
    t.enrol();
    other.join();
  }
}

task<> enrol_in_an_annex(support::gate& g, int& cancelled_ones) {
  task_context& me = co_await base::this_context();
  scope* const group = me.home;
  enrol_against_another(me);
  EXPECT_EQ(group, me.home->parent());
  co_await wait_for_the_end(g, cancelled_ones);
}

std::vector<task_tree_entry> those_at_the_gate() {
  std::vector<task_tree_entry> all = snapshot_tasks();
  std::erase_if(all, [](const task_tree_entry& e) { return e.waiting_for != "gate"; });
  return all;
}

template <class Group>
task<> spawn_one_and_one_in_an_annex(Group& group, support::gate& g, int& cancelled_ones) {
  group.spawn(wait_for_the_end, std::ref(g), std::ref(cancelled_ones));
  co_await g.until_waiting(1);
  group.spawn(enrol_in_an_annex, std::ref(g), std::ref(cancelled_ones));
  co_await g.until_waiting(2);
}

TEST(annexes, their_members_are_shown_as_the_groups) {
  support::run_with<1>([]() -> task<> {
    support::gate g;
    int cancelled_ones = 0;
    auto body = [&](task_group& group) -> task<> {
      const std::size_t before = snapshot_tasks().size();
      co_await spawn_one_and_one_in_an_annex(group, g, cancelled_ones);
      EXPECT_EQ(before + 2, snapshot_tasks().size());  // two tasks, and no scope more
      const std::vector<task_tree_entry> both = those_at_the_gate();
      EXPECT_EQ(2U, both.size());
      if (both.size() == 2) {
        EXPECT_EQ(both[0].depth, both[1].depth);
      }
      for (const task_tree_entry& e : snapshot_tasks()) EXPECT_EQ(0U, e.never_parked);
      g.open();
    };
    co_await with_task_group(body);
    EXPECT_EQ(0, cancelled_ones);
  });
}

TEST(annexes, a_request_reaches_their_members_and_the_group_closes) {
  support::run_with<1>([]() -> task<> {
    support::gate g;
    int cancelled_ones = 0;
    auto body = [&](task_group& group) -> task<> {
      co_await spawn_one_and_one_in_an_annex(group, g, cancelled_ones);
      group.cancel();
    };
    co_await with_task_group(body);
    EXPECT_EQ(2, cancelled_ones);
  });
}

TEST(annexes, background_tasks_have_them_too) {
  support::run_with<1>([]() -> task<> {
    support::gate g;
    int cancelled_ones = 0;
    background_tasks group;
    co_await spawn_one_and_one_in_an_annex(group, g, cancelled_ones);
    group.cancel();
    co_await group.shutdown(timeout{std::chrono::seconds(60)});
    EXPECT_EQ(2, cancelled_ones);
  });
}

}  // namespace
}  // namespace jackdaw
