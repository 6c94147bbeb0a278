// SPDX-License-Identifier: MIT
// S33: waits that time out leave no waiter and no memory behind.
#include <chrono>
#include <cstddef>
#include <functional>

#include <malloc.h>

#include <gtest/gtest.h>

#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/sync/barrier.hpp>
#include <jackdaw/sync/capacity_limiter.hpp>
#include <jackdaw/sync/channel.hpp>
#include <jackdaw/sync/condition_variable.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/sync/oneshot.hpp>
#include <jackdaw/sync/semaphore.hpp>
#include <jackdaw/sync/shared_mutex.hpp>
#include <jackdaw/sync/watch.hpp>
#include <jackdaw/time/sleep.hpp>
#include "support/build.hpp"
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;
using std::chrono::milliseconds;

/// One of each primitive, in a state in which every wait lasts for ever.
struct closed_house {
  jd::event event;
  jd::mutex mutex;
  jd::mutex::guard locked = mutex.try_lock();
  jd::shared_mutex shared_mutex;
  jd::shared_mutex::guard writing = shared_mutex.try_lock();
  jd::semaphore semaphore{0};
  jd::capacity_limiter limiter{0};
  jd::barrier barrier{static_cast<std::size_t>(-1)};
  jd::channel<int> empty{1};
  jd::channel<int> full{0};
  jd::watch<int> watch{0};

  template <class Awaitable>
  jd::task<> time_out(Awaitable wait) {
    const bool ended = co_await jd::move_on_after(milliseconds(1), std::move(wait));
    EXPECT_FALSE(ended);
  }
  template <class Awaitable>
  jd::task<> time_out_with_value(Awaitable wait) {
    const auto value = co_await jd::move_on_after(milliseconds(1), std::move(wait));
    EXPECT_FALSE(value.has_value());
  }
  jd::task<> wait_for_condition() {
    jd::mutex m;
    jd::condition_variable changed;
    auto guard = co_await m.lock();
    co_await time_out(changed.wait(guard));
  }
  static constexpr std::size_t waits_per_round = 13;
  jd::task<> wait_everywhere(std::size_t rounds) {
    for (std::size_t i = 0; i != rounds; ++i) {
      co_await time_out(event.wait());
      co_await time_out_with_value(mutex.lock());
      co_await time_out_with_value(shared_mutex.lock());
      co_await time_out_with_value(shared_mutex.lock_shared());
      co_await time_out_with_value(semaphore.acquire());
      co_await time_out_with_value(limiter.acquire());
      co_await time_out_with_value(barrier.arrive_and_wait());
      co_await time_out_with_value(empty.receive());
      co_await time_out(full.send(1));
      auto observer = watch.observe();
      co_await time_out_with_value(observer.changed());
      jd::oneshot<int> nothing;
      co_await time_out_with_value(nothing.receive());
      co_await time_out(jd::sleep_for(std::chrono::hours(1)));
      co_await wait_for_condition();
    }
  }
  /// Nobody waits here any more: who still did would take, or be counted, first.
  void expect_empty() {
    EXPECT_EQ(barrier.waiting(), 0U);
    locked.unlock();
    EXPECT_TRUE(mutex.try_lock());
    writing.unlock();
    EXPECT_TRUE(shared_mutex.try_lock());
    semaphore.release();
    EXPECT_TRUE(semaphore.try_acquire());
    limiter.set_total_tokens(1);
    EXPECT_EQ(limiter.borrowed_tokens(), 0U);
    EXPECT_TRUE(empty.try_send(1));
    EXPECT_EQ(empty.size(), 1U);
    EXPECT_FALSE(full.try_receive().has_value());
  }
};

// So many waits, four thousand at a time.
jd::task<> time_out_waits(closed_house& house, std::size_t waits) {
  constexpr std::size_t waiters = 4000;
  const std::size_t rounds = waits / waiters / closed_house::waits_per_round + 1;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    for (std::size_t i = 0; i != waiters; ++i) {
      group.spawn([&house, rounds] { return house.wait_everywhere(rounds); });
    }
    co_return;
  });
}

TEST(guarantees, S33_a_million_timed_out_waits_leave_neither_waiters_nor_memory_behind) {
  support::run([]() -> jd::task<> {
    closed_house house;
    co_await time_out_waits(house, support::scaled(150'000, 10));
    const std::size_t before = mallinfo2().uordblks;
    const std::size_t waits = support::scaled(1'000'000, 10);
    co_await time_out_waits(house, waits);
    // What grows is what lies free for the next frames: how much depends on how many of the 4,000
    // stood at the same wait at once. A waiter, a timer or a scope of each wait would be 50 bytes
    // and more. (Under a sanitizer, whose allocator is another, both are 0.)
    EXPECT_LT(mallinfo2().uordblks, before + 10 * waits);
    house.expect_empty();
  });
}

}  // namespace
