// SPDX-License-Identifier: MIT
// The task tree: who is in it, who is only counted, and what its text says.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <jackdaw/diagnostics/task_tree.hpp>
#include <jackdaw/structured/background_tasks.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/task_group.hpp>

#include "support/gate.hpp"
#include "support/run_test.hpp"

namespace jackdaw {
namespace {

task<> pass(support::gate& g) { co_await g.pass(); }

/// Of all groups of the process: another test's have ended, so only this one's count.
std::size_t never_parked() {
  std::size_t sum = 0;
  for (const task_tree_entry& e : snapshot_tasks()) sum += e.never_parked;
  return sum;
}

std::size_t parked_as(const std::string& name) {
  const std::vector<task_tree_entry> all = snapshot_tasks();
  return static_cast<std::size_t>(std::ranges::count_if(
      all, [&](const task_tree_entry& e) { return e.name == name && e.waiting_for == "gate"; }));
}

TEST(task_tree, shows_a_parked_task_and_counts_those_that_never_parked) {
  support::run_with<1>([]() -> task<> {
    support::gate g;
    support::gate before;
    auto body = [&](task_group& group) -> task<> {
      group.spawn(spawn_options{.name = "early"}, pass, std::ref(before));
      co_await before.until_waiting(1);
      EXPECT_EQ(0U, never_parked());
      for (int i = 0; i < 3; ++i) group.spawn(spawn_options{.name = "late"}, pass, std::ref(g));
      EXPECT_EQ(4U, group.size());
      EXPECT_EQ(3U, never_parked());  // one worker: none of them has begun
      EXPECT_EQ(1U, parked_as("early"));
      EXPECT_EQ(0U, parked_as("late"));
      std::ostringstream text;
      dump_tasks(text);
      EXPECT_NE(std::string::npos, text.str().find(", 3 never parked\n")) << text.str();
      co_await g.until_waiting(3);
      EXPECT_EQ(0U, never_parked());
      EXPECT_EQ(3U, parked_as("late"));
      before.open();
      g.open();
    };
    co_await with_task_group(body);
    EXPECT_EQ(0U, never_parked());
  });
}

task<> finish() { co_return; }

TEST(task_tree, shows_open_groups_none_of_whose_tasks_has_begun_and_those_in_them) {
  support::run_with<1>([]() -> task<> {
    auto inner = [](task_group& group) -> task<> {
      for (int i = 0; i < 2; ++i) group.spawn(finish);  // one worker: they have to wait for us
      EXPECT_EQ(2U + 4U, never_parked());  // these, and the three and the one that we are
      std::ostringstream text;
      dump_tasks(text);
      EXPECT_NE(std::string::npos, text.str().find(", 2 never parked\n")) << text.str();
      EXPECT_NE(std::string::npos, text.str().find(", 4 never parked\n")) << text.str();
      co_return;
    };
    auto opens_a_group = [&]() -> task<> { co_await with_task_group(inner); };
    auto outer = [&](task_group& group) -> task<> {
      group.spawn(opens_a_group);
      for (int i = 0; i < 3; ++i) group.spawn(finish);
      EXPECT_EQ(4U, never_parked());
      co_return;
    };
    co_await with_task_group(outer);
    EXPECT_EQ(0U, never_parked());
  });
}

TEST(task_tree, is_looked_at_while_groups_come_and_go) {
  std::atomic<bool> stop{false};
  std::thread observer([&] {
    while (!stop) (void)snapshot_tasks();
  });
  support::run([]() -> task<> {
    auto two = [](task_group& group) -> task<> {
      group.spawn(finish);
      group.spawn(finish);
      co_return;
    };
    auto many_groups = [&]() -> task<> {
      for (int i = 0; i < 500; ++i) co_await with_task_group(two);
    };
    co_await gather(many_groups(), many_groups(), many_groups());
    EXPECT_EQ(0U, never_parked());
  });
  stop = true;
  observer.join();
}

TEST(task_tree, counts_background_tasks_too) {
  support::run_with<1>([]() -> task<> {
    support::gate g;
    background_tasks tasks;
    for (int i = 0; i < 2; ++i) tasks.spawn(pass, std::ref(g));
    EXPECT_EQ(2U, never_parked());
    co_await g.until_waiting(2);
    EXPECT_EQ(0U, never_parked());
    g.open();
    co_await tasks.shutdown(timeout{std::chrono::seconds(60)});
  });
}

TEST(task_group, does_not_count_its_body_among_its_children) {
  support::run([]() -> task<> {
    auto body = [](task_group& group) -> task<> {
      EXPECT_EQ(0U, group.size());
      co_return;
    };
    co_await with_task_group(body);
  });
}

}  // namespace
}  // namespace jackdaw
