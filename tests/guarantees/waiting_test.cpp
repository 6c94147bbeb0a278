// SPDX-License-Identifier: MIT
// S34, S56: waiting for many tasks in many ways; none of their results is lost, and nobody is
// cancelled who should not be.
#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/structured/as_completed.hpp>
#include <jackdaw/structured/background_tasks.hpp>
#include <jackdaw/structured/for_each_completed.hpp>
#include <jackdaw/structured/race.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/wait.hpp>
#include "support/build.hpp"
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using support::failure;
using support::gate;
using support::tracked;
using namespace std::chrono_literals;
using indices = std::vector<std::size_t>;

jd::task<int> value_after(gate& g, int value) {
  co_await g.pass();
  if (value < 0) throw failure{-value};
  co_return value;
}

/// Tasks that each wait at a gate of their own; task `i` returns the value or throws.
struct gated {
  explicit gated(std::size_t n) : gates(n) {}
  template <class Values>
  void spawn(jd::task_group& group, const Values& values) {
    for (std::size_t i = 0; i != gates.size(); ++i)
      handles.push_back(group.spawn(jd::settle(value_after(gates[i], values[i]))));
  }
  void open_all() {
    for (gate& g : gates) g.open();
  }

  std::vector<gate> gates;
  std::vector<jd::join_handle<jd::outcome<int>>> handles;
};

/// The same, where an error is the task's own. For background tasks, whose errors nobody minds.
jd::task<> open_when_parked(gate& g) {
  co_await g.until_waiting(1);
  g.open();
}

TEST(guarantees, S56_wait_for_the_first_returns_with_the_others_running) {
  support::run_everywhere([]() -> jd::task<> {
    gated work(3);
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      work.spawn(group, std::vector<int>{1, 2, 3});
      group.spawn(open_when_parked, std::ref(work.gates[1]));
      const auto w = co_await jd::wait(work.handles, jd::wait_until::first_completed);
      EXPECT_EQ(w.done, indices{1});
      EXPECT_EQ(w.pending, (indices{0, 2}));
      co_await support::until(
          [&] { return work.gates[0].waiting() + work.gates[2].waiting() == 2; });
      work.open_all();
      const auto all = co_await jd::wait(work.handles, jd::wait_until::all_completed);
      EXPECT_EQ(all.done, (indices{0, 1, 2}));
      EXPECT_TRUE(all.pending.empty());
      for (auto& h : work.handles) EXPECT_TRUE(h.result().has_value());
    });
  });
}

TEST(guarantees, S56_wait_returns_at_once_for_what_has_ended) {
  support::run_everywhere([]() -> jd::task<> {
    gated work(2);
    work.gates[0].open();
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      work.spawn(group, std::vector<int>{1, 2});
      co_await work.handles[0];
      const auto w = co_await jd::wait(work.handles, jd::wait_until::first_completed);
      EXPECT_EQ(w.done, indices{0});
      EXPECT_EQ(w.pending, indices{1});
      const std::vector<jd::join_handle<int>> none;
      const auto empty = co_await jd::wait(none, jd::wait_until::first_completed);
      EXPECT_TRUE(empty.done.empty() && empty.pending.empty());
      work.open_all();
    });
  });
}

/// Background tasks of a test, whose errors do not fail anybody; the errors are counted.
template <class Body>
void with_background(Body body) {
  for (const std::size_t workers : {1U, 2U, 4U}) {
    jd::runtime rt(jd::runtime_options{.workers = workers});
    rt.on_unhandled([](const jd::unhandled_error&) {});
    support::run_in(rt, body);
  }
}

TEST(guarantees, S56_wait_for_the_first_exception_passes_over_values_and_cancels) {
  with_background([]() -> jd::task<> {
    std::vector<gate> gates(4);
    jd::background_tasks tasks;
    std::vector<jd::join_handle<int>> handles;
    for (int i = 0; i != 4; ++i) {
      handles.push_back(
          tasks.spawn(value_after, std::ref(gates[static_cast<std::size_t>(i)]), i == 2 ? -5 : i));
    }
    auto steps = [&]() -> jd::task<> {
      gates[0].open();
      handles[1].cancel();
      co_await support::until([&] { return handles[0].done() && handles[1].done(); });
      gates[2].open();
    };
    auto helper = tasks.spawn(steps);
    const auto w = co_await jd::wait(handles, jd::wait_until::first_exception);
    EXPECT_EQ(w.done, (indices{0, 1, 2}));
    EXPECT_EQ(w.pending, indices{3});
    EXPECT_TRUE(handles[2].failed());
    EXPECT_FALSE(handles[1].failed());
    gates[3].open();
    const auto all = co_await jd::wait(handles, jd::wait_until::first_exception);
    EXPECT_TRUE(std::ranges::find(all.done, 2U) != all.done.end());
    co_await std::move(helper);
    co_await tasks.shutdown(jd::timeout{10s});
  });
}

TEST(guarantees, S56_wait_that_runs_out_of_time_cancels_nobody) {
  support::run_everywhere([]() -> jd::task<> {
    gated work(2);
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      work.spawn(group, std::vector<int>{1, 2});
      const auto w =
          co_await jd::wait(work.handles, jd::wait_until::all_completed, jd::timeout{1ms});
      EXPECT_TRUE(w.done.empty());
      EXPECT_EQ(w.pending, (indices{0, 1}));
      work.open_all();
    });
    for (auto& h : work.handles) EXPECT_TRUE(h.result().has_value());
  });
}

TEST(guarantees, S56_cancelling_the_waiter_leaves_the_tasks_running) {
  support::run_everywhere([]() -> jd::task<> {
    gated work(3);
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      work.spawn(group, std::vector<int>{1, 2, 3});
      std::atomic<bool> reached{false};
      auto watch = [&]() -> jd::task<> {
        reached.store(true);
        co_await jd::wait(work.handles, jd::wait_until::first_completed);
        ADD_FAILURE() << "nothing has ended";
      };
      auto watcher = group.spawn(watch);
      co_await support::until([&] { return reached.load(); });
      for (int i = 0; i != 20; ++i) co_await jd::yield();
      watcher.cancel();
      const auto how = co_await jd::settle(std::move(watcher));
      EXPECT_TRUE(how.cancelled());
      co_await support::until([&] { return work.gates[0].waiting() == 1; });
      work.open_all();
    });
    for (auto& h : work.handles) EXPECT_TRUE(h.result().has_value());
  });
}

TEST(guarantees, S56_as_completed_gives_each_task_once_in_the_order_of_their_ends) {
  support::run_everywhere([]() -> jd::task<> {
    std::vector<gate> gates(4);
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      std::vector<jd::task<int>> tasks;
      for (int i = 0; i != 4; ++i)
        tasks.push_back(value_after(gates[static_cast<std::size_t>(i)], i == 1 ? -7 : i));
      auto stream = jd::as_completed(group, std::move(tasks));
      for (const std::size_t expected : {2U, 1U, 3U, 0U}) {
        gates[expected].open();
        auto item = co_await stream.next();
        EXPECT_TRUE(item.has_value());
        if (!item.has_value()) co_return;
        EXPECT_EQ(item->index, expected);
        EXPECT_EQ(item->outcome.has_value(), expected != 1);
        EXPECT_EQ(support::code_of(item->outcome.error()), expected == 1 ? 7 : 0);
      }
      const auto after = co_await stream.next();
      EXPECT_FALSE(after.has_value());
    });
  });
}

jd::task<int> stay(gate& g, tracked) {
  co_await g.pass();
  co_return 0;
}

TEST(guarantees, S56_leaving_an_as_completed_cancels_the_rest_and_the_group_joins_it) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    gate open;
    open.open();
    tracked::counter alive{0};
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      std::vector<jd::task<int>> tasks;
      for (int i = 0; i != 10; ++i) tasks.push_back(stay(i == 4 ? open : closed, tracked(alive)));
      auto stream = jd::as_completed(group, std::move(tasks));
      const auto first = co_await stream.next();
      EXPECT_EQ(first.has_value() ? first->index : 99U, 4U);
    });
    EXPECT_EQ(alive.load(), 0);
  });
}

TEST(guarantees, S34_for_each_completed_handles_each_once_and_on_an_error_joins_the_rest) {
  support::run_everywhere([]() -> jd::task<> {
    gate open;
    open.open();
    tracked::counter alive{0};
    std::vector<jd::task<int>> quick;
    for (int i = 0; i != 5; ++i) quick.push_back(stay(open, tracked(alive)));
    std::size_t seen = 0;
    auto add = [&](jd::outcome<int> o, std::size_t index) -> jd::task<> {
      EXPECT_TRUE(o.has_value());
      seen |= std::size_t{1} << index;
      co_return;
    };
    co_await jd::for_each_completed(std::move(quick), add);
    EXPECT_EQ(seen, 31U);
    EXPECT_EQ(alive.load(), 0);

    gate closed;
    std::vector<jd::task<int>> tasks;
    for (int i = 0; i != 5; ++i) tasks.push_back(stay(i == 2 ? open : closed, tracked(alive)));
    auto fail = [](jd::outcome<int>, std::size_t) -> jd::task<> {
      co_await jd::yield();
      throw failure{4};
    };
    const auto how = co_await jd::settle(jd::for_each_completed(std::move(tasks), fail));
    EXPECT_EQ(support::code_of(how.error()), 4);
    EXPECT_EQ(alive.load(), 0);
  });
}

jd::task<std::unique_ptr<tracked>> finish_anyway(gate& g, tracked::counter& alive) {
  co_await jd::settle(g.pass());
  co_return std::make_unique<tracked>(alive);
}
jd::task<int> win(gate& g, std::size_t rivals, int value) {
  co_await g.until_waiting(rivals);
  if (value < 0) throw failure{-value};
  co_return value;
}

TEST(guarantees, S34_on_discard_gets_the_value_of_every_loser_that_finished) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    std::vector<std::unique_ptr<tracked>> kept;
    const auto keep = [&](auto&& value) {
      if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(value)>, int>)
        kept.push_back(std::move(value));
    };
    const auto first =
        co_await jd::race(jd::race_options{.on_discard = keep}, finish_anyway(closed, alive),
                          win(closed, 2, 7), finish_anyway(closed, alive));
    EXPECT_EQ(std::get<1>(first), 7);
    EXPECT_EQ(kept.size(), 2U);
    EXPECT_EQ(alive.load(), 2);
    kept.clear();
    const auto how = co_await jd::settle(jd::race(
        jd::race_options{.on_discard = keep}, finish_anyway(closed, alive), win(closed, 1, -3)));
    EXPECT_EQ(support::code_of(how.error()), 3);
    EXPECT_EQ(kept.size(), 1U);
  });
}

TEST(guarantees, S34_on_discard_gets_the_losers_of_a_range_and_of_first_success) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    int discarded = 0;
    const auto add = [&](auto&& value) { discarded += value; };
    auto finish = [](gate& g, int value) -> jd::task<int> {
      co_await jd::settle(g.pass());
      co_return value;
    };
    std::vector<jd::task<int>> runners;
    for (int i = 1; i <= 3; ++i) runners.push_back(finish(closed, i));
    runners.push_back(win(closed, 3, 100));
    const auto w = co_await jd::race(jd::race_options{.on_discard = add}, std::move(runners));
    EXPECT_EQ(w.index, 3U);
    EXPECT_EQ(w.value, 100);
    EXPECT_EQ(discarded, 6);
    discarded = 0;
    const auto ok =
        co_await jd::first_success(jd::race_options{.on_discard = add}, win(closed, 0, -1),
                                   finish(closed, 20), win(closed, 1, 5));
    EXPECT_EQ(std::get<2>(ok), 5);
    EXPECT_EQ(discarded, 20);
  });
}

TEST(guarantees, S34_what_on_discard_throws_is_reported_and_the_others_are_handed_over) {
  jd::runtime rt(jd::runtime_options{.workers = 2});
  int reported = 0;
  rt.on_unhandled([&](const jd::unhandled_error& e) { reported += support::code_of(e.error); });
  support::run_in(rt, []() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    int calls = 0;
    const auto fail = [&](auto&&) {
      ++calls;
      throw failure{10};
    };
    const auto first =
        co_await jd::race(jd::race_options{.on_discard = fail}, finish_anyway(closed, alive),
                          finish_anyway(closed, alive), win(closed, 2, 1));
    EXPECT_EQ(first.index(), 2U);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(alive.load(), 0);
  });
  EXPECT_EQ(reported, 20);
}

jd::task<int> count_end(std::atomic<int>& ended, int i) {
  co_await jd::settle(jd::yield());
  ended.fetch_add(1);
  co_return i;
}

TEST(guarantees, S56_contested_streams_lose_and_double_nothing) {
  support::run_with<4>([]() -> jd::task<> {
    for (std::size_t round = 0; round < support::scaled(500, 10); ++round) {
      std::atomic<int> ended{0};
      std::vector<jd::task<int>> tasks;
      for (int i = 0; i != 16; ++i) tasks.push_back(count_end(ended, i));
      std::size_t seen = 0;
      auto add = [&](jd::outcome<int> o, std::size_t index) -> jd::task<> {
        EXPECT_EQ(o.value(), static_cast<int>(index));
        EXPECT_EQ(seen >> index & 1, 0U);
        seen |= std::size_t{1} << index;
        co_return;
      };
      co_await jd::for_each_completed(std::move(tasks), add);
      EXPECT_EQ(seen, 0xFFFFU);
      EXPECT_EQ(ended.load(), 16);
    }
  });
}

}  // namespace
