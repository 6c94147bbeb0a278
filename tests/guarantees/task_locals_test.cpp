// SPDX-License-Identifier: MIT
// S55: a child sees what was bound where it was started; what it binds is seen by nobody else.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/race.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/task_local.hpp>
#include "support/build.hpp"
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;
using namespace std::chrono_literals;

jd::task_local<int> depth{0};
jd::task_local<std::string> label{"none"};

jd::task<int> read_depth() { co_return co_await depth.get(); }
jd::task<> expect_depth(int expected) {
  const int seen = co_await depth.get();
  EXPECT_EQ(seen, expected);
}
jd::task<int> read_depth_later() {
  co_await jd::yield();
  const int seen = co_await depth.get();
  co_return seen;
}

TEST(guarantees, S55_a_value_is_bound_for_what_it_was_bound_for_and_nothing_else) {
  support::run_everywhere([]() -> jd::task<> {
    co_await expect_depth(0);
    auto inner = []() -> jd::task<> {
      const int later = co_await read_depth_later();
      EXPECT_EQ(later, 1);
      const std::string& text = co_await label.get();
      EXPECT_EQ(text, "one");
      const int deeper = co_await depth.with_value(2, read_depth_later());
      EXPECT_EQ(deeper, 2);
      co_await expect_depth(1);
      const int same = co_await label.with_value("two", read_depth());
      EXPECT_EQ(same, 1);
    };
    co_await depth.with_value(1, label.with_value("one", inner()));
    co_await expect_depth(0);
    const std::string& text = co_await label.get();
    EXPECT_EQ(text, "none");
  });
}

TEST(guarantees, S55_children_of_groups_gathers_and_races_inherit) {
  support::run_everywhere([]() -> jd::task<> {
    auto inner = []() -> jd::task<> {
      const auto [a, b] = co_await jd::gather(read_depth_later(), read_depth());
      EXPECT_EQ(a, 7);
      EXPECT_EQ(b, 7);
      const auto first = co_await jd::race(read_depth_later());
      EXPECT_EQ(std::get<0>(first), 7);
      co_await jd::with_task_group([](jd::task_group& group) -> jd::task<> {
        auto h = group.spawn(read_depth_later);
        const int seen = co_await h;
        EXPECT_EQ(seen, 7);
      });
      const int shielded = co_await jd::with_timeout(10s, jd::shield(read_depth_later()));
      EXPECT_EQ(shielded, 7);
    };
    co_await depth.with_value(7, inner());
  });
}

TEST(guarantees, S55_what_a_child_binds_is_not_seen_by_parent_or_siblings) {
  support::run_everywhere([]() -> jd::task<> {
    auto inner = []() -> jd::task<> {
      support::gate bound;
      support::gate seen;
      auto binding = [&]() -> jd::task<> {
        auto stay = [&]() -> jd::task<> {
          co_await expect_depth(2);
          bound.open();
          co_await seen.pass();
          co_await expect_depth(2);
        };
        co_await depth.with_value(2, stay());
        co_await expect_depth(1);
      };
      auto sibling = [&]() -> jd::task<> {
        co_await bound.pass();
        co_await expect_depth(1);
      };
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        group.spawn(binding);
        auto other = group.spawn(sibling);
        co_await bound.pass();
        co_await expect_depth(1);
        co_await other;
        seen.open();
      });
    };
    co_await depth.with_value(1, inner());
  });
}

TEST(guarantees, S55_a_child_keeps_what_was_bound_where_its_group_was_opened) {
  support::run_everywhere([]() -> jd::task<> {
    auto inner = []() -> jd::task<> {
      support::gate later;
      auto child = [&]() -> jd::task<> {
        co_await later.pass();
        co_await expect_depth(1);
      };
      auto own = [&]() -> jd::task<> {
        co_await later.pass();
        co_await expect_depth(9);
      };
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        auto spawn = [&]() -> jd::task<> {
          group.spawn(child);
          group.spawn(depth.with_value(9, own()));
          co_return;
        };
        co_await depth.with_value(5, spawn());
        later.open();
      });
    };
    co_await depth.with_value(1, inner());
  });
}

TEST(guarantees, S55_a_binding_ends_on_errors_and_cancels_too) {
  support::run_everywhere([]() -> jd::task<> {
    auto fail = []() -> jd::task<> {
      co_await jd::yield();
      throw support::failure{3};
    };
    const auto how = co_await jd::settle(depth.with_value(4, fail()));
    EXPECT_EQ(support::code_of(how.error()), 3);
    co_await expect_depth(0);
    auto wait = [](support::gate& g) -> jd::task<> { co_await g.pass(); };
    support::gate closed;
    const bool ended = co_await jd::move_on_after(1ms, depth.with_value(4, wait(closed)));
    EXPECT_FALSE(ended);
    co_await expect_depth(0);
  });
}

jd::task<int> sum_of_tree(int levels) {
  const int here = co_await depth.get();
  if (levels == 0) co_return here;
  const auto [l, r] = co_await jd::gather(depth.with_value(here + 1, sum_of_tree(levels - 1)),
                                          depth.with_value(here + 1, sum_of_tree(levels - 1)));
  co_await expect_depth(here);
  co_return l + r;
}

TEST(guarantees, S55_stolen_children_see_their_own_values) {
  support::run_with<4>([]() -> jd::task<> {
    for (std::size_t round = 0; round != support::scaled(200, 10); ++round) {
      const int sum = co_await sum_of_tree(7);
      EXPECT_EQ(sum, 7 * 128);
    }
  });
}

}  // namespace
