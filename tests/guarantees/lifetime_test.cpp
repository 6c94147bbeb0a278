// SPDX-License-Identifier: MIT
// S48 to S51 and S57: what misuse meets, and what never gets lost.
#include <gtest/gtest.h>

#include <jackdaw/structured/task_group.hpp>
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using support::as;
using support::gate;
using support::tracked;

jd::task<int> number(int n) { co_return n; }

TEST(guarantees, S50_run_on_a_worker_is_refused_with_nested_run_error) {
  support::run([]() -> jd::task<> {
    EXPECT_THROW(support::shared_runtime<2>().run(number(1)), jd::nested_run_error);
    co_return;
  });
}

TEST(guarantees, S50_a_runtime_of_its_own_is_no_way_round_that) {
  support::run([]() -> jd::task<> {
    EXPECT_THROW(jd::run(number(1)), jd::nested_run_error);
    co_return;
  });
}

TEST(guarantees, S50_run_gives_the_value_or_throws_the_error_to_its_caller) {
  auto& rt = support::shared_runtime<2>();
  EXPECT_EQ(rt.run(number(8)), 8);
  auto fail = []() -> jd::task<> {
    throw support::failure{2};
    co_return;
  };
  EXPECT_THROW(rt.run(fail()), support::failure);
  EXPECT_EQ(rt.run(number(9)), 9) << "a failed run leaves the runtime usable";
}

jd::task<int> add_when_open(gate& g, int& sum, tracked) {
  co_await g.pass();
  co_return ++sum;
}

TEST(guarantees, S51_a_task_whose_handle_was_dropped_runs_to_its_end) {
  support::run_with<1>([]() -> jd::task<> {
    gate g;
    int sum = 0;
    tracked::counter alive{0};
    auto body = [&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i < 100; ++i) {
        jd::join_handle<int> dropped =
            group.spawn(add_when_open, std::ref(g), std::ref(sum), tracked(alive));
      }
      co_await g.until_waiting(100);
      g.open();
    };
    co_await jd::with_task_group(body);
    EXPECT_EQ(sum, 100);
    EXPECT_EQ(alive.load(), 0);
  });
}

TEST(guarantees, S49_an_unawaited_task_destroys_its_arguments_and_does_nothing) {
  int sum = 0;
  gate g;
  tracked::counter alive{0};
  {
    const jd::task<int> never = add_when_open(g, sum, tracked(alive));
    EXPECT_EQ(alive.load(), 1);
  }
  EXPECT_EQ(alive.load(), 0);
  EXPECT_EQ(sum, 0);
}

jd::task<> hold(gate& g, tracked) { co_await g.pass(); }
jd::task<> break_down(gate& g) {
  co_await g.until_waiting(3);
  throw jd::fatal_error("broken");
}

TEST(guarantees, S57_a_fatal_error_passes_groups_bare_after_the_join) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    auto inner = [&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i < 3; ++i) group.spawn(hold, std::ref(closed), tracked(alive));
      group.spawn(break_down, std::ref(closed));
      co_await closed.pass();
    };
    auto outer = [&](jd::task_group& group) -> jd::task<> {
      group.spawn([&]() -> jd::task<> { co_await jd::with_task_group(inner); });
      co_return;
    };
    const auto how = co_await jd::settle(jd::with_task_group(outer));
    EXPECT_EQ(alive.load(), 0);
    EXPECT_TRUE(as<jd::fatal_error>(how.error()) != nullptr);
  });
}

}  // namespace
