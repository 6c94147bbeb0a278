// SPDX-License-Identifier: MIT
// Tests of capacity_limiter: counts, borrowers, changes of the total, cancellation.
#include <jackdaw/sync/capacity_limiter.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>

#include "core/sync/workers.hpp"

namespace {

namespace jd = jackdaw;
using jd::tests::on_workers;
using jd::tests::until;
using jd::tests::until_another_runs;
using testing::ElementsAre;

jd::task<> queue_up(jd::capacity_limiter& l, int number, int& arrived, std::vector<int>& served) {
  ++arrived;
  auto token = co_await l.acquire();
  served.push_back(number);
}

TEST(CapacityLimiter, CountsWhatIsBorrowedAndWhatIsAvailable) {
  on_workers(1, []() -> jd::task<> {
    jd::capacity_limiter l(2);
    EXPECT_EQ(l.total_tokens(), 2U);
    {
      auto mine = co_await l.acquire();
      const int object = 0;
      auto its = co_await l.acquire_on_behalf_of(&object);
      EXPECT_EQ(l.borrowed_tokens(), 2U);
      EXPECT_EQ(l.available_tokens(), 0);
      EXPECT_FALSE(l.try_acquire_on_behalf_of(&l));
      its.release();
      EXPECT_EQ(l.available_tokens(), 1);
      auto moved = std::move(mine);
      EXPECT_EQ(l.borrowed_tokens(), 1U);
      EXPECT_TRUE(l.try_acquire_on_behalf_of(&l));
    }
    EXPECT_EQ(l.borrowed_tokens(), 0U);
  });
}

TEST(CapacityLimiter, NobodyBorrowsTwoTokens) {
  on_workers(1, []() -> jd::task<> {
    jd::capacity_limiter l(5);
    auto mine = co_await l.acquire();
    const auto nested = co_await jd::settle(l.acquire_on_behalf_of(&mine));
    EXPECT_TRUE(nested.has_value());
    const auto twice = co_await jd::settle(l.acquire());
    EXPECT_THROW((void)twice.value(), std::logic_error);
    EXPECT_THROW((void)l.try_acquire_on_behalf_of(&mine), std::logic_error);
    EXPECT_EQ(l.borrowed_tokens(), 2U);
    mine.release();
    mine = co_await l.acquire();
    EXPECT_EQ(l.borrowed_tokens(), 2U);
  });
}

TEST(CapacityLimiter, WhoWaitsTwiceForOneBorrowerIsRefusedOnce) {
  on_workers(1, []() -> jd::task<> {
    jd::capacity_limiter l(0);
    const int object = 0;
    int arrived = 0;
    int lent = 0;
    int refused = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto borrow = [&]() -> jd::task<> {
        ++arrived;
        try {
          auto token = co_await l.acquire_on_behalf_of(&object);
          ++lent;
          while (refused == 0) co_await jd::yield();
        } catch (const std::logic_error&) {
          ++refused;
        }
      };
      group.spawn(borrow);
      group.spawn(borrow);
      co_await until(arrived, 2);
      l.set_total_tokens(5);
    });
    EXPECT_EQ(lent, 1);
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(l.borrowed_tokens(), 0U);
  });
}

TEST(CapacityLimiter, RaisingTheTotalServesThoseWhoHaveWaitedLongest) {
  static constexpr int waiters = 200;
  static constexpr int raised = 150;  // more than a batch
  std::vector<int> served;
  on_workers(1, [&]() -> jd::task<> {
    jd::capacity_limiter l(0);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != waiters; ++i) {
        group.spawn(queue_up, std::ref(l), i, std::ref(arrived), std::ref(served));
        co_await until(arrived, i + 1);
      }
      EXPECT_TRUE(served.empty());
      l.set_total_tokens(raised);
      EXPECT_EQ(l.borrowed_tokens(), static_cast<std::size_t>(raised));
      l.set_total_tokens(jd::capacity_limiter::unlimited);
      EXPECT_EQ(l.borrowed_tokens(), static_cast<std::size_t>(waiters));
    });
  });
  EXPECT_EQ(served.size(), static_cast<std::size_t>(waiters));
}

TEST(CapacityLimiter, S29_a_token_goes_to_the_one_that_has_waited_longest) {
  std::vector<int> served;
  on_workers(1, [&]() -> jd::task<> {
    jd::capacity_limiter l(0);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != 4; ++i) {
        group.spawn(queue_up, std::ref(l), i, std::ref(arrived), std::ref(served));
        co_await until(arrived, i + 1);
      }
      l.set_total_tokens(1);  // one after the other
    });
  });
  EXPECT_THAT(served, ElementsAre(0, 1, 2, 3));
}

TEST(CapacityLimiter, AfterTheTotalWasLoweredNothingIsLentUntilEnoughHasComeBack) {
  std::vector<int> served;
  on_workers(1, [&]() -> jd::task<> {
    jd::capacity_limiter l(3);
    int arrived = 0;
    std::vector<jd::capacity_limiter::token> tokens;
    const int objects[3] = {};
    for (const int& o : objects) tokens.push_back(co_await l.acquire_on_behalf_of(&o));
    l.set_total_tokens(1);
    EXPECT_EQ(l.available_tokens(), -2);
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn(queue_up, std::ref(l), 7, std::ref(arrived), std::ref(served));
      co_await until(arrived, 1);
      tokens.pop_back();
      tokens.pop_back();
      EXPECT_EQ(l.available_tokens(), 0);
      tokens.pop_back();
      EXPECT_EQ(l.available_tokens(), 0);  // handed over
    });
    EXPECT_EQ(l.available_tokens(), 1);
  });
  EXPECT_THAT(served, ElementsAre(7));
}

TEST(CapacityLimiter, S28_a_waiter_that_is_lent_a_token_and_cancelled_gets_it) {
  std::vector<int> served;
  on_workers(1, [&]() -> jd::task<> {
    jd::capacity_limiter l(0);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto child = group.spawn(queue_up, std::ref(l), 3, std::ref(arrived), std::ref(served));
      co_await until(arrived, 1);
      l.set_total_tokens(1);
      EXPECT_TRUE(child.cancel());
    });
    EXPECT_EQ(l.available_tokens(), 1);
  });
  EXPECT_THAT(served, ElementsAre(3));
}

TEST(CapacityLimiter, S29_a_cancelled_first_waiter_does_not_strand_those_behind_it) {
  std::vector<int> served;
  on_workers(1, [&]() -> jd::task<> {
    jd::capacity_limiter l(0);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto head = group.spawn(queue_up, std::ref(l), 0, std::ref(arrived), std::ref(served));
      co_await until(arrived, 1);
      group.spawn(queue_up, std::ref(l), 1, std::ref(arrived), std::ref(served));
      co_await until(arrived, 2);
      EXPECT_TRUE(head.cancel());
      l.set_total_tokens(1);
    });
    EXPECT_EQ(l.borrowed_tokens(), 0U);
  });
  EXPECT_THAT(served, ElementsAre(1));
}

TEST(CapacityLimiter, AcquiresThatNeverWaitLetOthersRun) {
  on_workers(1, []() -> jd::task<> {
    jd::capacity_limiter l(1);
    co_await until_another_runs([&]() -> jd::task<> { auto token = co_await l.acquire(); });
  });
}

/// Users, half of whom are cancelled, while the total changes.
struct fluctuation {
  static constexpr int tasks = 32;
  static constexpr int rounds = 100;
  static constexpr std::size_t most = 4;

  jd::capacity_limiter l{most};
  std::atomic<int> held{0};
  std::atomic<bool> exceeded{false};

  jd::task<> use() {
    for (int i = 0; i != rounds; ++i) {
      auto token = co_await l.acquire();
      if (held.fetch_add(1) >= static_cast<int>(most)) exceeded = true;
      held.fetch_sub(1);
      if (i % 4 == 0) (void)co_await jd::settle(jd::yield());  // with the token
    }
  }
  jd::task<> run(unsigned seed) {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      std::minstd_rand random(seed);
      std::vector<jd::join_handle<void>> users;
      for (int i = 0; i != tasks; ++i) users.push_back(group.spawn([this] { return use(); }));
      for (int i = 0; i != tasks; i += 2) {
        for (auto pause = random() % 64; pause != 0; --pause) co_await jd::yield();
        users[random() % tasks].cancel();
        l.set_total_tokens(1 + random() % most);
      }
    });
  }
};

TEST(CapacityLimiter, S28_borrowed_and_available_add_up_whatever_is_cancelled) {
  for (unsigned seed = 1; seed != 16; ++seed) {
    fluctuation f;
    on_workers(4, [&]() -> jd::task<> { co_await f.run(seed); });
    EXPECT_FALSE(f.exceeded) << "seed " << seed;
    EXPECT_EQ(f.l.borrowed_tokens(), 0U) << "seed " << seed;
    EXPECT_EQ(f.l.available_tokens(), static_cast<std::ptrdiff_t>(f.l.total_tokens()));
  }
}

}  // namespace
