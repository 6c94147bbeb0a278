// SPDX-License-Identifier: MIT
// Tests of barrier: phases, cancellation.
#include <jackdaw/sync/barrier.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>
#include <jackdaw/structured/task_group.hpp>

#include "core/sync/workers.hpp"

namespace {

namespace jd = jackdaw;
using jd::tests::on_workers;
using jd::tests::until;
using jd::tests::until_another_runs;

jd::task<> meet(jd::barrier& b, int& arrived, int& passed, int& last) {
  ++arrived;
  if (const bool was_last = co_await b.arrive_and_wait(); was_last) ++last;
  ++passed;
}

TEST(Barrier, OpensWhenAllHaveArrivedAndTellsOneOfThemThatItWasTheLast) {
  on_workers(1, []() -> jd::task<> {
    jd::barrier b(3);
    EXPECT_EQ(b.parties(), 3U);
    int arrived = 0;
    int passed = 0;
    int last = 0;
    for (int phase = 1; phase != 4; ++phase) {
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        arrived = 0;
        for (int i = 0; i != 2; ++i) {
          group.spawn(meet, std::ref(b), std::ref(arrived), std::ref(passed), std::ref(last));
        }
        co_await until(arrived, 2);
        EXPECT_EQ(b.waiting(), 2U);
        EXPECT_EQ(passed, 3 * (phase - 1));
        co_await meet(b, arrived, passed, last);
      });
      EXPECT_EQ(b.waiting(), 0U);
      EXPECT_EQ(passed, 3 * phase);
      EXPECT_EQ(last, phase);
    }
  });
}

TEST(Barrier, OfOneIsAlwaysOpenAndLetsOthersRun) {
  on_workers(1, []() -> jd::task<> {
    jd::barrier b(1);
    co_await until_another_runs([&]() -> jd::task<> { EXPECT_TRUE(co_await b.arrive_and_wait()); });
  });
}

TEST(Barrier, OfZeroIsRefused) { EXPECT_THROW(jd::barrier b(0), std::invalid_argument); }

TEST(Barrier, S33_a_cancelled_waiter_withdraws_its_arrival) {
  on_workers(1, []() -> jd::task<> {
    jd::barrier b(2);
    int arrived = 0;
    int passed = 0;
    int last = 0;
    for (int round = 0; round != 5'000; ++round) {
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        arrived = 0;
        group.spawn(meet, std::ref(b), std::ref(arrived), std::ref(passed), std::ref(last));
        co_await until(arrived, 1);
        EXPECT_EQ(b.waiting(), 1U);
        group.cancel();
      });
      EXPECT_EQ(b.waiting(), 0U);
    }
    EXPECT_EQ(passed, 0);
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      arrived = 0;
      for (int i = 0; i != 2; ++i) {
        group.spawn(meet, std::ref(b), std::ref(arrived), std::ref(passed), std::ref(last));
      }
      co_return;
    });
    EXPECT_EQ(passed, 2);
  });
}

TEST(Barrier, S19_who_is_cancelled_after_the_last_arrival_returns_normally) {
  static constexpr int others = 100;  // more than a batch
  on_workers(1, []() -> jd::task<> {
    jd::barrier b(others + 1);
    int arrived = 0;
    int passed = 0;
    int last = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      std::vector<jd::join_handle<void>> waiting;
      for (int i = 0; i != others; ++i) {
        waiting.push_back(
            group.spawn(meet, std::ref(b), std::ref(arrived), std::ref(passed), std::ref(last)));
      }
      co_await until(arrived, others);
      EXPECT_TRUE(co_await b.arrive_and_wait());
      for (auto& w : waiting) w.cancel();
    });
    EXPECT_EQ(passed, others);
  });
}

TEST(Barrier, NobodyPassesBeforeAllHaveArrived) {
  static constexpr std::size_t parties = 4;
  static constexpr int phases = 400;
  on_workers(4, []() -> jd::task<> {
    jd::barrier b(parties);
    std::atomic<int> steps{0};
    std::atomic<bool> ahead{false};
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto walk = [&]() -> jd::task<> {
        for (int i = 0; i != phases; ++i) {
          steps.fetch_add(1);
          co_await b.arrive_and_wait();
          if (steps.load() < (i + 1) * static_cast<int>(parties)) ahead = true;
          co_await b.arrive_and_wait();
        }
      };
      for (std::size_t i = 0; i != parties; ++i) group.spawn(walk);
      co_return;
    });
    EXPECT_FALSE(ahead);
    EXPECT_EQ(b.waiting(), 0U);
  });
}

}  // namespace
