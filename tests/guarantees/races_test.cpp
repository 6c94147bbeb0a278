// SPDX-License-Identifier: MIT
// S34: losers of a race are cancelled and joined, and none of their results is lost silently.
#include <atomic>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/structured/race.hpp>
#include "support/build.hpp"
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using support::gate;
using support::tracked;

jd::task<int> lose(gate& g, tracked) {
  co_await g.pass();
  co_return 0;
}
jd::task<int> win(gate& g, std::size_t rivals, int value) {
  co_await g.until_waiting(rivals);
  if (value < 0) throw support::failure{-value};
  co_return value;
}

TEST(guarantees, S34_losers_of_a_race_are_cancelled_and_joined_before_it_returns) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    const auto first = co_await jd::race(lose(closed, tracked(alive)), win(closed, 2, 7),
                                         lose(closed, tracked(alive)));
    EXPECT_EQ(alive.load(), 0);
    EXPECT_EQ(first.index(), 1U);
    EXPECT_EQ(std::get<1>(first), 7);
  });
}

TEST(guarantees, S34_an_error_wins_a_race_too_after_the_losers_were_joined) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    const auto how =
        co_await jd::settle(jd::race(lose(closed, tracked(alive)), win(closed, 1, -7)));
    EXPECT_EQ(alive.load(), 0);
    EXPECT_EQ(support::code_of(how.error()), 7);
  });
}

TEST(guarantees, S34_a_race_over_a_range_says_who_was_first) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    std::vector<jd::task<int>> runners;
    for (int i = 0; i < 10; ++i) runners.push_back(lose(closed, tracked(alive)));
    runners.push_back(win(closed, 10, 5));
    const auto [index, value] = co_await jd::race(std::move(runners));
    EXPECT_EQ(alive.load(), 0);
    EXPECT_EQ(index, 10U);
    EXPECT_EQ(value, 5);
  });
}

jd::task<std::unique_ptr<tracked>> finish_anyway(gate& g, tracked::counter& alive) {
  co_await jd::settle(g.pass());
  co_return std::make_unique<tracked>(alive);
}

TEST(guarantees, S34_the_value_of_a_loser_that_finished_is_destroyed_once) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    auto first = co_await jd::race(finish_anyway(closed, alive), win(closed, 1, 1));
    EXPECT_EQ(first.index(), 1U);
    EXPECT_EQ(alive.load(), 0);
  });
}

TEST(guarantees, S34_the_error_of_a_loser_is_reported_once) {
  jd::runtime rt(jd::runtime_options{.workers = 2});
  std::atomic<int> reported{0};
  rt.on_unhandled([&](const jd::unhandled_error& e) {
    if (e.kind == jd::unhandled_error::source::race_loser && support::code_of(e.error) == 9)
      reported.fetch_add(1);
  });
  support::run_in(rt, []() -> jd::task<> {
    gate closed;
    auto fail_when_stopped = [](gate& g) -> jd::task<int> {
      co_await jd::settle(g.pass());
      throw support::failure{9};
    };
    const auto first = co_await jd::race(fail_when_stopped(closed), win(closed, 1, 1));
    EXPECT_EQ(std::get<1>(first), 1);
  });
  EXPECT_EQ(reported.load(), 1);
}

TEST(guarantees, S34_first_success_passes_over_errors_and_throws_them_all_when_nobody_succeeds) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    const auto ok = co_await jd::first_success(win(closed, 0, -1), win(closed, 1, 3),
                                               lose(closed, tracked(alive)));
    EXPECT_EQ(ok.index(), 1U);
    EXPECT_EQ(alive.load(), 0);
    const auto none =
        co_await jd::settle(jd::first_success(win(closed, 0, -1), win(closed, 0, -2)));
    const auto* group = support::as<jd::exception_group>(none.error());
    EXPECT_EQ(group != nullptr ? group->exceptions().size() : 0U, 2U);
  });
}

TEST(guarantees, S34_a_race_that_is_cancelled_from_outside_ends_as_cancelled) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    const auto how = co_await jd::settle(jd::race(
        jd::race(lose(closed, tracked(alive)), lose(closed, tracked(alive))), win(closed, 2, 1)));
    EXPECT_EQ(alive.load(), 0);
    EXPECT_TRUE(how.has_value());
  });
}

jd::task<int> run_to_the_end(std::atomic<int>& ended) {
  co_await jd::settle(jd::yield());
  ended.fetch_add(1);
  co_return 1;
}

TEST(guarantees, S34_whoever_has_begun_has_ended_when_a_contested_race_returns) {
  support::run_with<4>([]() -> jd::task<> {
    for (std::size_t round = 0; round < support::scaled(3000, 10); ++round) {
      std::atomic<int> ended{0};
      auto first =
          co_await jd::race(run_to_the_end(ended), run_to_the_end(ended), run_to_the_end(ended));
      EXPECT_LT(first.index(), 3U);
      EXPECT_GE(ended.load(), 1);
      EXPECT_LE(ended.load(), 3);
    }
  });
}

}  // namespace
