// SPDX-License-Identifier: MIT
// Tests of condition_variable: waking, predicates, cancellation.
#include <jackdaw/sync/condition_variable.hpp>

#include <deque>
#include <functional>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>

#include "core/sync/workers.hpp"

namespace {

namespace jd = jackdaw;
using jd::tests::on_workers;
using jd::tests::until;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// A condition, its mutex, and who has been woken.
struct place {
  jd::mutex m;
  jd::condition_variable changed;
  int arrived = 0;
  std::vector<int> woken;

  jd::task<> wait(int number) {
    auto guard = co_await m.lock();
    ++arrived;
    co_await changed.wait(guard);
    EXPECT_TRUE(guard.owns_lock());
    EXPECT_FALSE(m.try_lock());
    woken.push_back(number);
  }
};

TEST(ConditionVariable, AWaitIsOutsideTheMutexUntilItIsNotified) {
  place p;
  on_workers(1, [&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn([&p] { return p.wait(1); });
      co_await until(p.arrived, 1);
      EXPECT_TRUE(p.m.try_lock());
      co_await jd::yield();
      EXPECT_TRUE(p.woken.empty());
      p.changed.notify_one();
    });
    EXPECT_TRUE(p.m.try_lock());
  });
  EXPECT_THAT(p.woken, ElementsAre(1));
}

TEST(ConditionVariable, NotifyOneWakesTheOneThatHasWaitedLongest) {
  place p;
  on_workers(1, [&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != 3; ++i) {
        group.spawn([&p, i] { return p.wait(i); });
        co_await until(p.arrived, i + 1);
      }
      p.changed.notify_one();
      p.changed.notify_one();
      while (p.woken.size() != 2) co_await jd::yield();
      for (int i = 0; i != 5; ++i) co_await jd::yield();
      EXPECT_THAT(p.woken, UnorderedElementsAre(0, 1));
      p.changed.notify_one();
    });
  });
  EXPECT_EQ(p.woken.back(), 2);
}

TEST(ConditionVariable, NotifyAllWakesAllWhoWaitAndIsForgottenThen) {
  static constexpr std::size_t waiters = 150;  // more than a batch
  place p;
  on_workers(1, [&]() -> jd::task<> {
    p.changed.notify_one();
    p.changed.notify_all();
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (std::size_t i = 0; i != waiters; ++i) group.spawn([&p] { return p.wait(0); });
      co_await until(p.arrived, static_cast<int>(waiters));
      EXPECT_TRUE(p.woken.empty());  // what was notified before they came is not for them
      p.changed.notify_all();
    });
  });
  EXPECT_EQ(p.woken.size(), waiters);
}

TEST(ConditionVariable, AWaitForAPredicateLastsUntilItHolds) {
  on_workers(1, []() -> jd::task<> {
    place p;
    int level = 0;
    bool reached = false;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto wait = [&]() -> jd::task<> {
        auto guard = co_await p.m.lock();
        ++p.arrived;
        const auto high = [&level] { return level >= 3; };
        co_await p.changed.wait(guard, high);
        EXPECT_EQ(level, 3);
        reached = true;
        co_await p.changed.wait(guard, high);  // holds already
      };
      group.spawn(wait);
      co_await until(p.arrived, 1);
      for (int i = 0; i != 3; ++i) {
        EXPECT_FALSE(reached);
        auto guard = co_await p.m.lock();
        ++level;
        p.changed.notify_all();
        guard.unlock();
        co_await jd::yield();
      }
    });
    EXPECT_TRUE(reached);
  });
}

TEST(ConditionVariable, AnEmptyGuardIsRefused) {
  on_workers(1, []() -> jd::task<> {
    place p;
    jd::mutex::guard nothing;
    const auto how = co_await jd::settle(p.changed.wait(nothing));
    EXPECT_THROW((void)how.value(), std::logic_error);
  });
}

TEST(ConditionVariable, S19_a_wait_in_a_cancelled_scope_does_not_leave_the_mutex) {
  on_workers(1, []() -> jd::task<> {
    place p;
    bool queued = false;
    bool came_in = false;
    const auto come_in = [&]() -> jd::task<> {
      queued = true;
      const auto inside = co_await p.m.lock();
      came_in = true;
    };
    const auto wait_cancelled = [&](jd::mutex::guard& guard) -> jd::task<> {
      co_await jd::with_cancel_scope([&](jd::cancel_scope& scope) -> jd::task<> {
        scope.cancel();
        const auto how = co_await jd::settle(p.changed.wait(guard));
        EXPECT_TRUE(how.cancelled());
      });
    };
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto guard = co_await p.m.lock();
      group.spawn(come_in);
      while (!queued) co_await jd::yield();
      co_await wait_cancelled(guard);
      EXPECT_TRUE(guard.owns_lock());
      EXPECT_FALSE(came_in) << "the mutex was left, and entered again";
    });
    EXPECT_TRUE(p.m.try_lock());
  });
}

TEST(ConditionVariable, S33_cancelled_waits_leave_no_waiter_behind) {
  on_workers(1, []() -> jd::task<> {
    place p;
    for (int round = 0; round != 5'000; ++round) {
      p.arrived = 0;
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        group.spawn([&p] { return p.wait(0); });
        co_await until(p.arrived, 1);
        group.cancel();
      });
    }
    p.changed.notify_all();
    EXPECT_TRUE(p.woken.empty());
    EXPECT_TRUE(p.m.try_lock());
  });
}

}  // namespace
