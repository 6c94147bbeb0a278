// SPDX-License-Identifier: MIT
// Tests of latch.
#include <jackdaw/sync/latch.hpp>

#include <functional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <jackdaw/structured/task_group.hpp>

#include "core/sync/workers.hpp"

namespace {

namespace jd = jackdaw;
using jd::tests::on_workers;
using jd::tests::until;

jd::task<> wait_for(jd::latch& l, int& arrived, int& woken) {
  ++arrived;
  co_await l.wait();
  ++woken;
}

TEST(Latch, OpensWhenItsCountIsZeroAndStaysOpen) {
  on_workers(1, []() -> jd::task<> {
    jd::latch l(3);
    int arrived = 0;
    int woken = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != 2; ++i) {
        group.spawn(wait_for, std::ref(l), std::ref(arrived), std::ref(woken));
      }
      co_await until(arrived, 2);
      l.count_down();
      co_await jd::yield();
      EXPECT_FALSE(l.try_wait());
      EXPECT_EQ(woken, 0);
      l.count_down(2);
      EXPECT_TRUE(l.try_wait());
    });
    EXPECT_EQ(woken, 2);
    co_await l.wait();
  });
}

TEST(Latch, OfZeroIsOpenAtOnce) {
  on_workers(1, []() -> jd::task<> {
    jd::latch l(0);
    EXPECT_TRUE(l.try_wait());
    co_await l.wait();
  });
}

TEST(Latch, S33_a_cancelled_wait_changes_nothing) {
  on_workers(1, []() -> jd::task<> {
    jd::latch l(1);
    int arrived = 0;
    int woken = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto waiter = group.spawn(wait_for, std::ref(l), std::ref(arrived), std::ref(woken));
      co_await until(arrived, 1);
      waiter.cancel();
    });
    EXPECT_FALSE(l.try_wait());
    l.count_down();
    co_await l.wait();
    EXPECT_EQ(woken, 0);
  });
}

TEST(Latch, WhatWasDoneBeforeEveryCountDownIsSeenByWhoWaited) {
  constexpr std::size_t threads = 3;
  on_workers(2, []() -> jd::task<> {
    for (int round = 0; round != 300; ++round) {
      jd::latch l(threads);
      std::vector<int> done(threads);  // plain: for the thread sanitizer
      std::vector<std::thread> foreign;
      for (std::size_t i = 0; i != threads; ++i) {
        foreign.emplace_back([&, i] {
          done[i] = 1;
          l.count_down();
        });
      }
      co_await l.wait();
      for (const int d : done) EXPECT_EQ(d, 1);
      for (auto& t : foreign) t.join();
    }
  });
}

}  // namespace
