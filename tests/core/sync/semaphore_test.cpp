// SPDX-License-Identifier: MIT
// Tests of semaphore: permits add up, order of arrival, cancellation.
#include <jackdaw/sync/semaphore.hpp>

#include <atomic>
#include <functional>
#include <random>
#include <thread>
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
using jd::tests::until_another_runs;
using testing::ElementsAre;

// Says that it arrives, waits for a permit, notes its number and keeps the permit until its end.
jd::task<> queue_up(jd::semaphore& s, int number, int& arrived, std::vector<int>& served) {
  ++arrived;
  auto permit = co_await s.acquire();
  served.push_back(number);
}

TEST(Semaphore, GivesOutItsPermitsAndTakesThemBack) {
  on_workers(1, []() -> jd::task<> {
    jd::semaphore s(2);
    {
      auto first = co_await s.acquire();
      auto second = co_await s.acquire();
      EXPECT_TRUE(first && second);
      EXPECT_FALSE(s.try_acquire());
      first.release();
      EXPECT_EQ(s.available(), 1);
    }
    EXPECT_EQ(s.available(), 2);
  });
}

TEST(Semaphore, APermitThatIsKeptIsReleasedByHand) {
  jd::semaphore s(1);
  s.try_acquire().keep();
  EXPECT_EQ(s.available(), 0);
  s.release();
  EXPECT_EQ(s.available(), 1);
}

TEST(Semaphore, AMovedPermitIsGivenBackOnce) {
  jd::semaphore s(2);
  {
    auto a = s.try_acquire();
    auto b = std::move(a);
    auto c = s.try_acquire();
    c = std::move(b);
    EXPECT_EQ(s.available(), 1);
  }
  EXPECT_EQ(s.available(), 2);
}

TEST(Semaphore, S29_waiters_are_served_in_the_order_of_their_arrival) {
  std::vector<int> served;
  on_workers(1, [&]() -> jd::task<> {
    jd::semaphore s(0);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != 4; ++i) {
        group.spawn(queue_up, std::ref(s), i, std::ref(arrived), std::ref(served));
        co_await until(arrived, i + 1);
      }
      s.release();
    });
  });
  EXPECT_THAT(served, ElementsAre(0, 1, 2, 3));
}

TEST(Semaphore, S29_try_acquire_fails_while_someone_is_owed_a_permit) {
  std::vector<int> served;
  on_workers(1, [&]() -> jd::task<> {
    jd::semaphore s(0);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn(queue_up, std::ref(s), 7, std::ref(arrived), std::ref(served));
      co_await until(arrived, 1);
      s.release();  // handed over, though its new owner has not run yet
      EXPECT_TRUE(served.empty());
      EXPECT_EQ(s.available(), 0);
      EXPECT_FALSE(s.try_acquire());
    });
    EXPECT_EQ(s.available(), 1);
  });
  EXPECT_THAT(served, ElementsAre(7));
}

TEST(Semaphore, S29_a_cancelled_first_waiter_does_not_strand_those_behind_it) {
  std::vector<int> served;
  on_workers(1, [&]() -> jd::task<> {
    jd::semaphore s(0);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto head = group.spawn(queue_up, std::ref(s), 0, std::ref(arrived), std::ref(served));
      co_await until(arrived, 1);
      group.spawn(queue_up, std::ref(s), 1, std::ref(arrived), std::ref(served));
      co_await until(arrived, 2);
      EXPECT_TRUE(head.cancel());
      s.release();
    });
    EXPECT_EQ(s.available(), 1);
  });
  EXPECT_THAT(served, ElementsAre(1));
}

TEST(Semaphore, S28_a_waiter_that_is_granted_and_cancelled_gets_its_permit) {
  std::vector<int> served;
  bool went_on = false;
  on_workers(1, [&]() -> jd::task<> {
    jd::semaphore s(0);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto acquire_and_yield = [&]() -> jd::task<> {
        co_await queue_up(s, 3, arrived, served);
        co_await jd::yield();
        went_on = true;
      };
      auto child = group.spawn(acquire_and_yield);
      co_await until(arrived, 1);
      s.release();
      EXPECT_TRUE(child.cancel());
      while (!child.done()) co_await jd::yield();
    });
    EXPECT_EQ(s.available(), 1);
  });
  EXPECT_THAT(served, ElementsAre(3));
  EXPECT_FALSE(went_on);  // the request came with the next checkpoint
}

TEST(Semaphore, S19_a_cancelled_acquire_takes_nothing) {
  on_workers(1, []() -> jd::task<> {
    jd::semaphore s(1);
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.cancel();
      auto permit = co_await s.acquire();
      ADD_FAILURE() << "acquired in a cancelled scope";
    });
    EXPECT_EQ(s.available(), 1);
  });
}

TEST(Semaphore, S33_cancelled_waits_leave_no_waiter_behind) {
  on_workers(1, []() -> jd::task<> {
    jd::semaphore s(0);
    std::vector<int> served;
    for (int round = 0; round != 10'000; ++round) {
      int arrived = 0;
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        group.spawn(queue_up, std::ref(s), round, std::ref(arrived), std::ref(served));
        co_await until(arrived, 1);
        group.cancel();
      });
    }
    EXPECT_TRUE(served.empty());
    s.release();
    EXPECT_TRUE(s.try_acquire());  // a waiter that was left would have got it
  });
}

TEST(Semaphore, OperationsThatNeverWaitLetOthersRun) {
  on_workers(1, []() -> jd::task<> {
    jd::semaphore s(1);
    co_await until_another_runs([&]() -> jd::task<> { auto permit = co_await s.acquire(); });
    EXPECT_EQ(s.available(), 1);
  });
}

TEST(Semaphore, MayBeReleasedByAThreadThatIsNoWorker) {
  jd::semaphore s(0);
  constexpr int rounds = 2000;
  std::thread foreign([&] {
    for (int i = 0; i != rounds; ++i) s.release();
  });
  on_workers(2, [&]() -> jd::task<> {
    for (int i = 0; i != rounds; ++i) (co_await s.acquire()).keep();
  });
  foreign.join();
  EXPECT_EQ(s.available(), 0);
}

struct conservation {
  static constexpr int permits = 3;
  static constexpr int tasks = 64;
  static constexpr int rounds = 200;

  jd::semaphore s{permits};
  std::atomic<int> held{0};
  std::atomic<int> acquired{0};
  std::atomic<bool> exceeded{false};

  jd::task<> use() {
    for (int i = 0; i != rounds; ++i) {
      auto permit = co_await s.acquire();
      if (held.fetch_add(1) >= permits) exceeded = true;
      acquired.fetch_add(1);
      held.fetch_sub(1);
    }
  }

  // Cancels half of the users at random times.
  jd::task<> disturb(jd::task_group& group, unsigned seed) {
    std::minstd_rand random(seed);
    std::vector<jd::join_handle<void>> users;
    for (int i = 0; i != tasks; ++i) users.push_back(group.spawn([this] { return use(); }));
    for (int i = 0; i != tasks; i += 2) {
      for (auto pause = random() % 64; pause != 0; --pause) co_await jd::yield();
      users[random() % tasks].cancel();
    }
  }
};

TEST(Semaphore, S28_free_and_held_permits_add_up_whatever_is_cancelled) {
  for (unsigned seed = 1; seed != 21; ++seed) {
    conservation c;
    on_workers(4, [&]() -> jd::task<> {
      co_await jd::with_task_group(
          [&](jd::task_group& group) -> jd::task<> { co_await c.disturb(group, seed); });
    });
    EXPECT_FALSE(c.exceeded);
    EXPECT_EQ(c.held, 0);
    EXPECT_EQ(c.s.available(), conservation::permits);
    EXPECT_GT(c.acquired, conservation::tasks);
  }
}

}  // namespace
