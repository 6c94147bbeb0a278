// SPDX-License-Identifier: MIT
// S32: a notification goes to a waiter that then returns normally; a cancelled wait is inside its
// mutex again before it throws.
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/condition_variable.hpp>
#include "support/build.hpp"
#include "support/random.hpp"
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;

/// A condition, its mutex, and what became of those who waited.
struct place {
  jd::mutex m;
  jd::condition_variable changed;
  std::size_t arrived = 0;  // these are guarded by m
  std::size_t notified = 0;
  std::size_t cancelled = 0;

  jd::task<> wait() {
    auto guard = co_await m.lock();
    ++arrived;
    const auto how = co_await jd::settle(changed.wait(guard));
    EXPECT_TRUE(guard.owns_lock());
    EXPECT_FALSE(m.try_lock());
    ++(how.has_value() ? notified : cancelled);
    (void)how.value();
  }
  jd::task<> until_arrived(std::size_t n) {
    for (bool here = false; !here;) {
      co_await jd::yield();
      auto guard = co_await m.lock();
      here = arrived == n;
    }
  }
};

TEST(guarantees, S32_a_waiter_that_is_notified_and_then_cancelled_returns_normally) {
  support::run_everywhere([]() -> jd::task<> {
    place p;
    bool went_on = false;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto wait_and_check = [&]() -> jd::task<> {
        co_await p.wait();
        co_await jd::checkpoint();
        went_on = true;
      };
      auto waiter = group.spawn(wait_and_check);
      co_await p.until_arrived(1);
      auto guard = co_await p.m.lock();  // so that it cannot return yet
      p.changed.notify_one();
      waiter.cancel();
    });
    EXPECT_EQ(p.notified, 1U);
    EXPECT_FALSE(went_on);  // the request came with the next checkpoint
  });
}

TEST(guarantees, S32_a_notification_is_not_lost_on_a_waiter_that_was_cancelled_before) {
  support::run_everywhere([]() -> jd::task<> {
    place p;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto first = group.spawn([&p] { return p.wait(); });
      co_await p.until_arrived(1);
      auto second = group.spawn([&p] { return p.wait(); });
      co_await p.until_arrived(2);
      first.cancel();
      p.changed.notify_one();
      co_await second;
    });
    EXPECT_EQ(p.notified, 1U);
    EXPECT_EQ(p.cancelled, 1U);
  });
}

TEST(guarantees, S32_a_cancelled_wait_stays_until_it_is_inside_its_mutex_again) {
  support::run_everywhere([]() -> jd::task<> {
    place p;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto waiter = group.spawn([&p] { return p.wait(); });
      co_await p.until_arrived(1);
      auto guard = co_await p.m.lock();
      waiter.cancel();
      for (int i = 0; i != 100; ++i) co_await jd::yield();
      EXPECT_FALSE(waiter.done());
      EXPECT_EQ(p.cancelled, 0U);
      waiter.cancel();  // on its way back
      group.cancel();
      for (int i = 0; i != 3; ++i) (void)co_await jd::settle(jd::yield());
      EXPECT_FALSE(waiter.done());
      guard.unlock();
    });
    EXPECT_EQ(p.cancelled, 1U);
    EXPECT_TRUE(p.m.try_lock());
  });
}

// As many notifications as there are waiters that nobody cancels: each must find a waiter, and that
// one must return normally.
jd::task<> notify_amid_cancels(std::size_t waiters, support::random& random) {
  place p;
  const std::size_t cancels = 1 + random.below(static_cast<std::uint32_t>(waiters - 1));
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    std::vector<jd::join_handle<void>> waiting;
    for (std::size_t i = 0; i != waiters; ++i) {
      waiting.push_back(group.spawn([&p] { return p.wait(); }));
    }
    co_await p.until_arrived(waiters);
    const std::size_t first = random.below(static_cast<std::uint32_t>(waiters));
    const auto cancel_some = [&]() -> jd::task<> {
      for (std::size_t i = 0; i != cancels; ++i) waiting[(first + i) % waiters].cancel();
      co_return;
    };
    const auto notify = [&]() -> jd::task<> {
      for (std::size_t i = 0; i != waiters - cancels; ++i) p.changed.notify_one();
      co_return;
    };
    co_await jd::with_task_group([&](jd::task_group& storm) -> jd::task<> {
      storm.spawn(cancel_some);
      storm.spawn(notify);
      co_return;
    });
    group.cancel();  // those who are left
  });
  EXPECT_EQ(p.notified, waiters - cancels);
  EXPECT_EQ(p.cancelled, cancels);
}

TEST(guarantees, S32_no_notification_is_lost_amid_cancels) {
  const std::uint64_t seed = support::test_seed();
  SCOPED_TRACE(seed);
  support::random random(seed);
  support::run_everywhere([&]() -> jd::task<> {
    for (std::size_t round = 0; round != support::scaled(2000, 10); ++round) {
      co_await notify_amid_cancels(2 + random.below(8), random);
    }
  });
}

}  // namespace
