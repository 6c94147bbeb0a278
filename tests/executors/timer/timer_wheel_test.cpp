// SPDX-License-Identifier: MIT
// Tests of timer::timer_wheel. Time is a number here: nothing waits for it.
#include "timer/timer_wheel.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace {

using jackdaw::timer_node;
using jackdaw::timer::timer_wheel;

constexpr std::int64_t tick = std::int64_t{1} << timer_wheel::tick_bits;
constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

struct probe : timer_node {
  probe() : timer_node(&note) {}
  explicit probe(std::int64_t at) : probe() { deadline = at; }

  static void note(timer_node& node) noexcept { static_cast<probe&>(node).fired.fetch_add(1); }

  std::atomic<int> fired{0};
};

void start(timer_wheel& wheel, probe& p) { static_cast<void>(wheel.add(p)); }

TEST(TimerWheel, FiresAtTheDeadlineAndNotBefore) {
  timer_wheel wheel{0};
  probe p{10 * tick};
  start(wheel, p);
  EXPECT_EQ(wheel.expire(10 * tick - 1, unlimited), 0U);
  EXPECT_EQ(wheel.expire(10 * tick, unlimited), 1U);
  EXPECT_EQ(p.fired, 1);
  EXPECT_EQ(wheel.expire(20 * tick, unlimited), 0U);
}

TEST(TimerWheel, RoundsADeadlineWithinATickUp) {
  timer_wheel wheel{0};
  probe p{3 * tick + 1};
  start(wheel, p);
  EXPECT_EQ(wheel.expire(4 * tick - 1, unlimited), 0U);
  EXPECT_EQ(wheel.expire(4 * tick, unlimited), 1U);
}

TEST(TimerWheel, FiresADeadlineThatHasPassedAtTheNextExpire) {
  timer_wheel wheel{100 * tick};
  probe past{5 * tick};
  probe negative{std::numeric_limits<std::int64_t>::min()};
  start(wheel, past);
  start(wheel, negative);
  EXPECT_LE(wheel.next_expiry(), 100 * tick);
  EXPECT_EQ(wheel.expire(100 * tick, unlimited), 2U);
}

TEST(TimerWheel, TellsWhenTheEarliestDeadlineCameNearer) {
  timer_wheel wheel{0};
  EXPECT_EQ(wheel.next_expiry(), timer_wheel::never);
  probe later{50 * tick};
  probe latest{60 * tick};
  probe first{7 * tick};
  EXPECT_TRUE(wheel.add(later));
  EXPECT_EQ(wheel.next_expiry(), 50 * tick);
  EXPECT_FALSE(wheel.add(latest));
  EXPECT_TRUE(wheel.add(first));
  EXPECT_EQ(wheel.next_expiry(), 7 * tick);
  EXPECT_TRUE(wheel.remove(first));
  EXPECT_EQ(wheel.next_expiry(), 50 * tick);
  EXPECT_EQ(wheel.expire(60 * tick, unlimited), 2U);
  EXPECT_EQ(wheel.next_expiry(), timer_wheel::never);
}

TEST(TimerWheel, ARemovedTimerNeverFiresAndCanBeAddedAgain) {
  timer_wheel wheel{0};
  probe p{10 * tick};
  start(wheel, p);
  EXPECT_EQ(&timer_wheel::of(p), &wheel);
  EXPECT_TRUE(wheel.remove(p));
  EXPECT_FALSE(wheel.remove(p));
  EXPECT_EQ(wheel.expire(20 * tick, unlimited), 0U);
  p.deadline = 30 * tick;
  start(wheel, p);
  EXPECT_EQ(wheel.expire(30 * tick, unlimited), 1U);
  EXPECT_FALSE(wheel.remove(p)) << "it has fired";
}

TEST(TimerWheel, FiresNoMoreThanItsBudgetAndGoesOnNextTime) {
  timer_wheel wheel{0};
  std::deque<probe> all(200);
  for (probe& p : all) {
    p.deadline = 5 * tick;
    start(wheel, p);
  }
  EXPECT_EQ(wheel.expire(5 * tick, 0), 0U);
  EXPECT_EQ(wheel.expire(5 * tick, 150), 150U);
  EXPECT_LE(wheel.next_expiry(), 5 * tick);
  EXPECT_TRUE(wheel.remove(all.back())) << "due, but not fired yet";
  EXPECT_EQ(wheel.expire(5 * tick, unlimited), 49U);
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](probe& p) { return p.fired == 1; }), 199);
}

TEST(TimerWheel, KeepsTheFarthestDeadlines) {
  timer_wheel wheel{0};
  std::deque<probe> all;
  for (int bit = 0; bit != 63; ++bit) all.emplace_back(std::int64_t{1} << bit);
  probe farthest{std::numeric_limits<std::int64_t>::max()};
  for (probe& p : all) start(wheel, p);
  start(wheel, farthest);
  for (std::size_t bit = 0; bit != all.size(); ++bit) {
    const std::int64_t deadline = all[bit].deadline;
    if (deadline > tick) {
      wheel.expire(deadline - 1, unlimited);
      ASSERT_EQ(all[bit].fired, 0) << "early: bit " << bit;
    }
    wheel.expire(std::max(deadline, tick), unlimited);
    ASSERT_EQ(all[bit].fired, 1) << "late: bit " << bit;
  }
  EXPECT_EQ(farthest.fired, 0);
  EXPECT_TRUE(wheel.remove(farthest));
}

TEST(TimerWheel, ATimerMayAddItselfAnewWhenItFires) {
  struct periodic : timer_node {
    explicit periodic(timer_wheel& w) : timer_node(&again), wheel(w) { deadline = tick; }
    static void again(timer_node& node) noexcept {
      auto& self = static_cast<periodic&>(node);
      ++self.times;
      self.deadline += tick;
      static_cast<void>(self.wheel.add(self));
    }
    timer_wheel& wheel;
    int times = 0;
  };
  timer_wheel wheel{0};
  periodic p{wheel};
  static_cast<void>(wheel.add(p));
  for (int i = 1; i <= 1000; ++i) wheel.expire(i * tick, unlimited);
  EXPECT_EQ(p.times, 1000);
  EXPECT_TRUE(wheel.remove(p));
}

TEST(TimerWheel, ATimerMayFreeItselfWhenItFires) {
  struct once : timer_node {
    once() : timer_node([](timer_node& n) noexcept { delete static_cast<once*>(&n); }) {}
  };
  timer_wheel wheel{0};
  for (int i = 1; i <= 100; ++i) {
    auto* const o = new once;
    o->deadline = i;
    static_cast<void>(wheel.add(*o));
  }
  EXPECT_EQ(wheel.expire(tick, unlimited), 100U);
}

// A wheel beside the definition of one: at `now`, exactly the live timers whose deadline, rounded
// up to a tick, is not after `now` have fired.
class wheel_and_definition {
 public:
  explicit wheel_and_definition(unsigned seed)
      : random_(seed), now_(up_to_bit(22 + random_() % 40)), wheel_(now_) {}
  wheel_and_definition(const wheel_and_definition&) = delete;
  wheel_and_definition& operator=(const wheel_and_definition&) = delete;
  ~wheel_and_definition() {
    for (std::size_t i = 0; i != timers_.size(); ++i) {
      if (!live_[i]) continue;
      EXPECT_TRUE(wheel_.remove(timers_[i]));
    }
  }

  void add_or_remove_one() {
    const std::size_t i = random_() % timers_.size();
    probe& p = timers_[i];
    if (live_[i]) {
      EXPECT_TRUE(wheel_.remove(p));
    } else {
      p.fired = 0;
      p.deadline = now_ + up_to_bit(1 + random_() % 61) - tick;
      start(wheel_, p);
    }
    live_[i] = !live_[i];
  }

  void pass_time() {
    const std::int64_t hint = wheel_.next_expiry();
    const bool to_the_hint = random_() % 2 == 0 && hint != timer_wheel::never;
    now_ = to_the_hint ? std::max(now_, hint) : now_ + up_to_bit(1 + random_() % 50);
    wheel_.expire(now_, unlimited);
    for (std::size_t i = 0; i != timers_.size(); ++i) {
      if (!live_[i]) continue;
      const bool due = rounded(timers_[i]) <= now_;
      EXPECT_EQ(timers_[i].fired, due ? 1 : 0);
      live_[i] = !due;
    }
  }

  void expect_the_hint_is_not_late() {
    for (std::size_t i = 0; i != timers_.size(); ++i) {
      if (!live_[i]) continue;
      EXPECT_LE(wheel_.next_expiry(), std::max(rounded(timers_[i]), now_));
    }
  }

 private:
  std::int64_t up_to_bit(std::uint64_t bits) {
    return static_cast<std::int64_t>(random_() >> (64 - bits));
  }
  static std::int64_t rounded(const probe& p) { return (p.deadline + tick - 1) / tick * tick; }

  std::mt19937_64 random_;
  std::int64_t now_;
  timer_wheel wheel_;
  std::deque<probe> timers_{300};
  std::vector<bool> live_ = std::vector<bool>(300, false);
};

TEST(TimerWheel, AgreesWithItsDefinitionOnRandomHistories) {
  for (unsigned seed = 0; seed != 40; ++seed) {
    SCOPED_TRACE(seed);
    wheel_and_definition both{seed};
    for (int step = 0; step != 600; ++step) {
      for (int i = 0; i != 6; ++i) both.add_or_remove_one();
      both.expect_the_hint_is_not_late();
      both.pass_time();
    }
    ASSERT_FALSE(HasFailure());
  }
}

TEST(TimerWheel, EitherFiresOrIsRemovedNeverBothUnderRace) {
  constexpr int rounds = 3000;
  constexpr std::size_t batch = 8;
  timer_wheel wheel{0};
  std::atomic<int> round_begun{0};
  std::atomic<bool> stop{false};
  std::thread expirer([&] {
    while (!stop.load()) {
      wheel.expire(round_begun.load() * tick, 3);
      std::this_thread::yield();
    }
  });
  for (int round = 1; round <= rounds; ++round) {
    std::deque<probe> all(batch);
    for (probe& p : all) {
      p.deadline = round * tick;
      start(wheel, p);
    }
    round_begun.store(round);
    for (probe& p : all) {
      if (wheel.remove(p)) {
        ASSERT_EQ(p.fired.load(), 0);
      } else {
        while (p.fired.load() == 0) std::this_thread::yield();  // it fires, and exactly once
        ASSERT_EQ(p.fired.load(), 1);
      }
    }
  }
  stop.store(true);
  expirer.join();
}

}  // namespace
