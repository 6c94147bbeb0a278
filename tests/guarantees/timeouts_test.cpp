// SPDX-License-Identifier: MIT
// S35 to S40: who wins when time runs out, and who is told.

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include <jackdaw/executors/simulation.hpp>
#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/time/sleep.hpp>
#include "support/build.hpp"
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using support::as;
using support::gate;
using support::tracked;

using namespace std::chrono_literals;

jd::task<int> value_after(gate& g, int v) {
  co_await g.pass();
  co_return v;
}

// Waits, without a checkpoint, until the deadline has acted.
void spin_until_expired(const jd::timeout_scope& t) {
  while (!t.expired()) std::this_thread::yield();
}

TEST(guarantees, S35_either_the_value_or_the_timeout_and_no_turn_is_lost) {
  support::run_with<4>([]() -> jd::task<> {
    gate turns;
    std::size_t given = 0;
    std::size_t taken = 0;
    for (std::size_t round = 0; round < support::scaled(1000, 10); ++round) {
      auto body = [&](jd::task_group& group) -> jd::task<> {
        const auto limit = std::chrono::microseconds(round % 100);
        auto h = group.spawn(jd::settle(jd::with_timeout(limit, turns.pass())));
        co_await jd::sleep_for(std::chrono::microseconds(round % 70));
        turns.admit_one();
        ++given;
        const auto& how = co_await h;
        EXPECT_NE(how.has_value(), as<jd::timeout_error>(how.error()) != nullptr);
        taken += how.has_value() ? 1 : 0;
        if (!how.has_value()) {
          turns.admit_one();
          ++given;
          co_await turns.pass();
          ++taken;
        }
      };
      co_await jd::with_task_group(body);
      EXPECT_EQ(given - taken, turns.turns_left());
    }
  });
}

TEST(guarantees, S36_the_scope_whose_own_deadline_fired_throws_timeout_error) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    auto inner_first = [&closed]() -> jd::task<bool> {
      const auto inner = co_await jd::settle(jd::with_timeout(1ms, closed.pass()));
      co_return as<jd::timeout_error>(inner.error()) != nullptr;
    };
    const bool by_inner = co_await jd::with_timeout(1h, inner_first());
    EXPECT_TRUE(by_inner);
    bool passed_inner = false;
    auto outer_first = [&](jd::timeout_scope& t) -> jd::task<> {
      EXPECT_TRUE(t.reschedule(jd::clock::now() + 1ms));
      const auto inner = co_await jd::settle(jd::with_timeout(1h, closed.pass()));
      passed_inner = inner.cancelled();
      co_await jd::checkpoint();
    };
    const auto outer = co_await jd::settle(jd::with_timeout(1h, outer_first));
    EXPECT_TRUE(passed_inner);
    EXPECT_TRUE(as<jd::timeout_error>(outer.error()) != nullptr);
  });
}

TEST(guarantees, S36_of_two_equal_deadlines_the_outermost_is_told) {
  support::run_everywhere([]() -> jd::task<> {
    for (std::size_t round = 0; round < support::scaled(100, 10); ++round) {
      gate closed;
      bool inner_cancelled = false;
      auto both = [&](jd::timeout_scope& t) -> jd::task<> {
        const auto deadline = jd::clock::now() + 300us;
        EXPECT_TRUE(t.reschedule(deadline));
        const auto inner = co_await jd::settle(jd::with_deadline(deadline, closed.pass()));
        inner_cancelled = inner.cancelled();
        co_await closed.pass();
      };
      const auto outer = co_await jd::settle(jd::with_timeout(1h, both));
      EXPECT_TRUE(inner_cancelled);
      EXPECT_TRUE(as<jd::timeout_error>(outer.error()) != nullptr);
    }
  });
}

TEST(guarantees, S36_the_outermost_is_told_though_its_timer_has_not_got_round_to_it) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    bool inner_cancelled = false;
    auto both = [&](jd::timeout_scope& t) -> jd::task<> {
      // Passed for both; the inner one acts at once, the outer one when a worker looks at its
      // timers.
      const auto deadline = jd::clock::now() - 1ms;
      EXPECT_TRUE(t.reschedule(deadline));
      const auto inner = co_await jd::settle(jd::with_deadline(deadline, closed.pass()));
      inner_cancelled = inner.cancelled();
      co_await closed.pass();
    };
    const auto outer = co_await jd::settle(jd::with_timeout(1h, both));
    EXPECT_TRUE(inner_cancelled);
    EXPECT_TRUE(as<jd::timeout_error>(outer.error()) != nullptr);
  });
}

TEST(guarantees, S36_a_cancelled_ancestor_comes_before_a_deadline_that_fired_too) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    bool stayed = false;
    auto body = [&](jd::cancel_scope& scope) -> jd::task<> {
      auto timed = [&](jd::timeout_scope& t) -> jd::task<> {
        EXPECT_TRUE(t.reschedule(jd::clock::now() + 1ms));
        co_await jd::settle(closed.pass());
        EXPECT_TRUE(t.expired());
        scope.cancel("outside");
        co_await closed.pass();
      };
      const auto how = co_await jd::settle(jd::with_timeout(1h, timed));
      stayed = how.cancelled();
    };
    co_await jd::with_cancel_scope(body);
    EXPECT_TRUE(stayed);
  });
}

TEST(guarantees, S36_a_cancel_of_the_task_that_is_awaited_is_no_timeout) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    auto body = [&closed](jd::task_group& group) -> jd::task<> {
      auto other = group.spawn(value_after, std::ref(closed), 1);
      co_await closed.until_waiting(1);
      other.cancel("meant for the other one");
      const auto how = co_await jd::settle(jd::with_timeout(1h, other));
      EXPECT_TRUE(how.cancelled());
      EXPECT_EQ(support::reason_of(how).text(), "meant for the other one");
    };
    co_await jd::with_task_group(body);
  });
}

TEST(guarantees, S37_a_body_that_ends_well_after_the_deadline_is_no_error) {
  support::run_with<2>([]() -> jd::task<> {
    auto body = [](jd::timeout_scope& t) -> jd::task<int> {
      EXPECT_TRUE(t.reschedule(jd::clock::now()));
      spin_until_expired(t);
      co_return 4;
    };
    const int value = co_await jd::with_timeout(1h, body);
    EXPECT_EQ(value, 4);
  });
}

TEST(guarantees, S37_an_error_after_the_deadline_stays_that_error) {
  support::run_with<2>([]() -> jd::task<> {
    bool expired = false;
    auto body = [&expired](jd::timeout_scope& t) -> jd::task<> {
      EXPECT_TRUE(t.reschedule(jd::clock::now()));
      spin_until_expired(t);
      expired = t.expired();
      throw support::failure{3};
      co_return;
    };
    const auto how = co_await jd::settle(jd::with_timeout(1h, body));
    EXPECT_EQ(support::code_of(how.error()), 3);
    EXPECT_TRUE(expired);
  });
}

jd::task<> enter(bool& entered, tracked) {
  entered = true;
  co_return;
}

TEST(guarantees, S38_a_deadline_that_has_passed_never_starts_a_fresh_task) {
  support::run_everywhere([]() -> jd::task<> {
    for (const auto limit : {0ns, -1ns, std::chrono::nanoseconds::min()}) {
      bool entered = false;
      tracked::counter alive{0};
      const auto how = co_await jd::settle(jd::with_timeout(limit, enter(entered, tracked(alive))));
      EXPECT_FALSE(entered);
      EXPECT_EQ(alive.load(), 0);
      EXPECT_TRUE(as<jd::timeout_error>(how.error()) != nullptr);
      const bool in_time = co_await jd::move_on_after(limit, enter(entered, tracked(alive)));
      EXPECT_FALSE(in_time);
      EXPECT_FALSE(entered);
    }
  });
}

TEST(guarantees, S38_a_task_that_has_ended_gives_its_value_even_if_the_deadline_has_passed) {
  support::run_everywhere([]() -> jd::task<> {
    gate open;
    open.open();
    auto body = [&open](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(value_after, std::ref(open), 6);
      co_await h;
      const auto how = co_await jd::settle(jd::with_timeout(0ns, h));
      EXPECT_TRUE(how.has_value());
    };
    co_await jd::with_task_group(body);
  });
}

jd::task<> linger_shielded(gate& g, tracked) {
  auto rest = [](gate& it) -> jd::task<> {
    co_await support::until([&it] { return it.turns_left() == 1; });
  };
  co_await jd::settle(g.pass());
  co_await jd::shield(rest(g));
}

TEST(guarantees, S39_with_timeout_returns_only_after_the_inner_task_has_ended) {
  support::run_everywhere([]() -> jd::task<> {
    gate g;
    tracked::counter alive{0};
    auto body = [&](jd::task_group& group) -> jd::task<> {
      jd::timeout_scope* limit = nullptr;
      auto linger = [&](jd::timeout_scope& t) -> jd::task<> {
        limit = &t;
        return linger_shielded(g, tracked(alive));
      };
      auto timed = [&]() -> jd::task<> {
        const auto how = co_await jd::settle(jd::with_timeout(1h, linger));
        EXPECT_EQ(alive.load(), 0);
        EXPECT_TRUE(how.has_value()) << "it took the request for a value, and ended well";
      };
      auto h = group.spawn(timed);
      co_await g.until_waiting(1);
      EXPECT_TRUE(limit->reschedule(jd::clock::now()));
      co_await support::until([&g] { return g.waiting() == 0; });
      EXPECT_FALSE(h.done());
      g.admit_one();
      co_await h;
    };
    co_await jd::with_task_group(body);
  });
}

TEST(guarantees, S39_a_deadline_can_be_moved_from_any_thread_until_it_acts) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    auto sooner = [&closed](jd::timeout_scope& t) -> jd::task<> {
      bool moved = false;
      std::thread([&] { moved = t.reschedule(jd::clock::now() + 1ms); }).join();
      EXPECT_TRUE(moved);
      co_await closed.pass();
    };
    const auto how = co_await jd::settle(jd::with_timeout(1h, sooner));
    EXPECT_TRUE(as<jd::timeout_error>(how.error()) != nullptr);
  });
}

TEST(guarantees, S39_a_deadline_that_was_moved_away_does_not_act) {
  jd::simulation sim;  // whose clock does not run on between two lines
  const auto body = []() -> jd::task<> {
    gate closed;
    auto later = [&closed](jd::timeout_scope& t) -> jd::task<> {
      EXPECT_TRUE(t.reschedule(jd::clock::now() + 100ms));
      EXPECT_TRUE(t.reschedule(jd::clock::now() + 1h));
      co_await jd::sleep_for(150ms);
      EXPECT_FALSE(t.expired());
      EXPECT_TRUE(t.reschedule(jd::clock::now()));
      const auto end = co_await jd::settle(closed.pass());
      EXPECT_TRUE(end.cancelled());
      EXPECT_TRUE(t.expired());
      EXPECT_FALSE(t.reschedule(jd::clock::now() + 1h));
    };
    co_await jd::with_timeout(1h, later);
  };
  sim.run(body());
}

TEST(guarantees, S40_a_cancel_from_outside_stays_cancelled_inside_a_timeout) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    bool stayed = false;
    auto body = [&](jd::cancel_scope& scope) -> jd::task<> {
      std::thread canceller;
      auto timed = [&]() -> jd::task<> {
        canceller = std::thread([&] { scope.cancel("outside"); });
        co_await closed.pass();
      };
      const auto how = co_await jd::settle(jd::with_timeout(1h, timed()));
      canceller.join();
      stayed = how.cancelled() && support::reason_of(how).text() == "outside";
    };
    co_await jd::with_cancel_scope(body);
    EXPECT_TRUE(stayed);
  });
}

}  // namespace
