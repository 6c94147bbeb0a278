// SPDX-License-Identifier: MIT
// interval: the rhythm, what becomes of missed ticks, cancellation.
#include <cstdint>
#include <stdexcept>

#include <gtest/gtest.h>

#include <jackdaw/executors/simulation.hpp>
#include <jackdaw/lane.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/time/interval.hpp>
#include <jackdaw/time/sleep.hpp>
#include "support/errors.hpp"
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;
using namespace std::chrono_literals;

TEST(Interval, TicksComeNoEarlierThanTheirTime) {
  support::run_everywhere([]() -> jd::task<> {
    const auto begin = jd::clock::now();
    jd::interval tick(2ms);
    std::uint64_t ticks = 0;
    while (ticks < 5) {
      ticks += co_await tick.next();
      EXPECT_GE(jd::clock::now() - begin, ticks * 2ms);
    }
  });
}

/// In virtual time, which only passes while the body sleeps.
template <class Body>
void simulate(const Body& body) {
  jd::simulation sim;
  sim.run(body());
}

TEST(Interval, MissedTicksCoalesceAndTheRhythmIsKept) {
  simulate([]() -> jd::task<> {
    jd::interval tick(2ms);
    const auto first_due = tick.due();
    co_await jd::sleep_until(first_due + 7ms);
    const std::uint64_t missed = co_await tick.next();
    EXPECT_EQ(missed, 4U);
    EXPECT_EQ(tick.due(), first_due + 4 * 2ms);
  });
}

TEST(Interval, MissedTicksComeOneByOneInABurst) {
  simulate([]() -> jd::task<> {
    jd::interval tick(2ms, jd::missed_ticks::burst);
    const auto first_due = tick.due();
    co_await jd::sleep_until(first_due + 7ms);
    for (int i = 0; i != 4; ++i) {
      const std::uint64_t ticks = co_await tick.next();
      EXPECT_EQ(ticks, 1U);
      EXPECT_EQ(tick.due(), first_due + (i + 1) * 2ms);
      EXPECT_EQ(jd::clock::now(), first_due + 7ms);
    }
  });
}

TEST(Interval, ACancelledWaitConsumesNoTick) {
  support::run_everywhere([]() -> jd::task<> {
    jd::interval tick(1h);
    const auto due = tick.due();
    const auto how = co_await jd::settle(jd::with_timeout(1ms, tick.next()));
    EXPECT_NE(support::as<jd::timeout_error>(how.error()), nullptr);
    EXPECT_EQ(tick.due(), due);
  });
}

TEST(Interval, ALongBurstLetsOthersRun) {
  simulate([]() -> jd::task<> {
    jd::interval tick(1us, jd::missed_ticks::burst);
    co_await jd::sleep_for(20ms);
    const auto caught_up = jd::clock::now();
    bool other_ran = false;
    int ticks = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto other = [&]() -> jd::task<> {
        other_ran = true;
        co_return;
      };
      group.spawn(other);
      while (tick.due() < caught_up && !other_ran) ticks += static_cast<int>(co_await tick.next());
      EXPECT_TRUE(other_ran);
    });
    EXPECT_LE(ticks, 2 * jd::lane::operations_per_turn);
  });
}

TEST(Interval, RefusesAPeriodOfZeroOrLess) {
  EXPECT_THROW(jd::interval(0ns), std::invalid_argument);
  EXPECT_THROW(jd::interval(-1ns), std::invalid_argument);
}

}  // namespace
