// SPDX-License-Identifier: MIT
// Tests of event: waking, clearing, cancellation, lifetime.
#include <jackdaw/sync/event.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include <gtest/gtest.h>
#include <jackdaw/structured/task_group.hpp>

#include "core/sync/workers.hpp"

namespace {

namespace jd = jackdaw;
using jd::tests::on_workers;
using jd::tests::until;

jd::task<> wait_for(jd::event& e, int& arrived, int& woken) {
  ++arrived;
  co_await e.wait();
  ++woken;
}

TEST(Event, AWaitForASetEventReturnsAtOnce) {
  on_workers(1, []() -> jd::task<> {
    jd::event e;
    e.set();
    EXPECT_TRUE(e.is_set());
    co_await e.wait();
    co_await e.wait();
  });
}

TEST(Event, SetWakesAllWhoWait) {
  static constexpr int waiters = 200;  // more than a batch
  on_workers(1, []() -> jd::task<> {
    jd::event e;
    int arrived = 0;
    int woken = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != waiters; ++i) {
        group.spawn(wait_for, std::ref(e), std::ref(arrived), std::ref(woken));
      }
      co_await until(arrived, waiters);
      EXPECT_EQ(woken, 0);
      e.set();
    });
    EXPECT_EQ(woken, waiters);
  });
}

TEST(Event, WhoBeginsToWaitAfterAClearWaitsForTheNextSet) {
  on_workers(1, []() -> jd::task<> {
    jd::event e;
    int arrived = 0;
    int early = 0;
    int late = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn(wait_for, std::ref(e), std::ref(arrived), std::ref(early));
      co_await until(arrived, 1);
      e.set();
      e.clear();
      EXPECT_FALSE(e.is_set());
      auto second = group.spawn(wait_for, std::ref(e), std::ref(arrived), std::ref(late));
      co_await until(arrived, 2);
      while (early == 0) co_await jd::yield();
      EXPECT_EQ(late, 0);
      e.set();
    });
    EXPECT_EQ(late, 1);
  });
}

TEST(Event, S33_a_cancelled_wait_leaves_no_waiter_behind) {
  on_workers(1, []() -> jd::task<> {
    int woken = 0;
    for (int round = 0; round != 10'000; ++round) {
      auto e = std::make_unique<jd::event>();
      int arrived = 0;
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        group.spawn(wait_for, std::ref(*e), std::ref(arrived), std::ref(woken));
        co_await until(arrived, 1);
        group.cancel();
      });
      e->set();
    }
    EXPECT_EQ(woken, 0);
  });
}

TEST(Event, S23_set_racing_cancel_ends_the_wait_exactly_once) {
  on_workers(4, []() -> jd::task<> {
    for (int round = 0; round != 30'000; ++round) {
      jd::event e;
      int ends = 0;
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        const auto wait = [&]() -> jd::task<> {
          const auto count_end = std::unique_ptr<int, void (*)(int*)>(&ends, [](int* n) { ++*n; });
          co_await e.wait();
        };
        const auto set = [&]() -> jd::task<> {
          e.set();
          co_return;
        };
        auto waiter = group.spawn(wait);
        group.spawn(set);
        if (round % 2 == 0) co_await jd::yield();
        waiter.cancel();
      });
      EXPECT_LE(ends, 1);  // 0: cancelled before it began
    }
  });
}

TEST(Event, MayBeDestroyedByAWaiterBeforeSetHasReturned) {
  constexpr int rounds = 3000;
  std::atomic<jd::event*> offered{nullptr};
  std::thread setter([&] {
    for (int i = 0; i != rounds; ++i) {
      jd::event* e = nullptr;
      while ((e = offered.exchange(nullptr)) == nullptr) std::this_thread::yield();
      e->set();
    }
  });
  on_workers(2, [&]() -> jd::task<> {
    for (int i = 0; i != rounds; ++i) {
      auto e = std::make_unique<jd::event>();
      offered.store(e.get());
      co_await e->wait();
      e.reset();
    }
  });
  setter.join();
}

}  // namespace
