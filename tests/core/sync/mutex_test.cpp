// SPDX-License-Identifier: MIT
// Tests of mutex: exclusion, fairness, cancellation.
#include <jackdaw/sync/mutex.hpp>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jackdaw/structured/task_group.hpp>

#include "core/sync/workers.hpp"

namespace {

namespace jd = jackdaw;
using jd::tests::on_workers;
using jd::tests::until;
using testing::ElementsAre;

jd::task<> enter(jd::mutex& m, int number, int& arrived, std::vector<int>& entered) {
  ++arrived;
  auto guard = co_await m.lock();
  entered.push_back(number);
}

TEST(Mutex, LetsOneTaskInAtATime) {
  constexpr int tasks = 32;
  constexpr int rounds = 500;
  jd::mutex m;
  int count = 0;  // plain: an unlock happens before the next lock
  const auto increment = [&]() -> jd::task<> {
    for (int i = 0; i != rounds; ++i) {
      auto guard = co_await m.lock();
      const int before = count;
      if (i % 16 == 0) co_await jd::yield();  // held across a suspension
      count = before + 1;
    }
  };
  on_workers(4, [&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != tasks; ++i) group.spawn(increment);
      co_return;
    });
  });
  EXPECT_EQ(count, tasks * rounds);
}

TEST(Mutex, TryLockFailsWhileItIsHeld) {
  jd::mutex m;
  auto guard = m.try_lock();
  EXPECT_TRUE(guard.owns_lock());
  EXPECT_FALSE(m.try_lock());
  guard.unlock();
  EXPECT_FALSE(guard.owns_lock());
  EXPECT_TRUE(m.try_lock());
}

TEST(Mutex, IsHandedOverInTheOrderOfArrival) {
  std::vector<int> entered;
  on_workers(1, [&]() -> jd::task<> {
    jd::mutex m;
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto guard = co_await m.lock();
      for (int i = 0; i != 3; ++i) {
        group.spawn(enter, std::ref(m), i, std::ref(arrived), std::ref(entered));
        co_await until(arrived, i + 1);
      }
      guard.unlock();
      EXPECT_FALSE(m.try_lock());  // the first waiter's already
    });
  });
  EXPECT_THAT(entered, ElementsAre(0, 1, 2));
}

TEST(Mutex, S30_a_cancelled_waiter_does_not_hold_the_lock) {
  std::vector<int> entered;
  on_workers(1, [&]() -> jd::task<> {
    jd::mutex m;
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto guard = co_await m.lock();
      auto first = group.spawn(enter, std::ref(m), 0, std::ref(arrived), std::ref(entered));
      co_await until(arrived, 1);
      group.spawn(enter, std::ref(m), 1, std::ref(arrived), std::ref(entered));
      co_await until(arrived, 2);
      first.cancel();
      while (!first.done()) co_await jd::yield();
      EXPECT_FALSE(m.try_lock());
    });
    EXPECT_TRUE(m.try_lock());
  });
  EXPECT_THAT(entered, ElementsAre(1));
}

TEST(Mutex, S30_granted_and_cancelled_together_returns_the_guard) {
  std::vector<int> entered;
  on_workers(1, [&]() -> jd::task<> {
    jd::mutex m;
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto guard = co_await m.lock();
      auto child = group.spawn(enter, std::ref(m), 0, std::ref(arrived), std::ref(entered));
      co_await until(arrived, 1);
      guard.unlock();
      child.cancel();
    });
    EXPECT_TRUE(m.try_lock());
  });
  EXPECT_THAT(entered, ElementsAre(0));
}

TEST(Mutex, MayBeDestroyedByWhoeverGetsItLast) {
  // The unlock that hands it over must not touch it afterwards; for the address and thread
  // sanitizers.
  on_workers(2, []() -> jd::task<> {
    for (int round = 0; round != 2000; ++round) {
      auto m = std::make_unique<jd::mutex>();
      const auto hold = [](jd::mutex::guard g) -> jd::task<> {
        g.unlock();
        co_return;
      };
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        group.spawn(hold, co_await m->lock());
        auto mine = co_await m->lock();
        mine.unlock();
        m.reset();
      });
    }
  });
}

}  // namespace
