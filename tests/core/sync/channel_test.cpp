// SPDX-License-Identifier: MIT
// Tests of channel: order, bounds, closing, cancellation, conservation of items.
#include <jackdaw/sync/channel.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
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

jd::task<> send_one(jd::channel<int>& ch, int v, int& arrived) {
  ++arrived;
  co_await ch.send(v);
}

jd::task<> receive_one(jd::channel<int>& ch, int& arrived, std::vector<int>& got) {
  ++arrived;
  const auto item = co_await ch.receive();
  got.push_back(item.value_or(-1));
}

jd::task<> drain(jd::channel<int>& ch, std::vector<int>& got) {
  while (auto item = co_await ch.receive()) got.push_back(*item);
}

TEST(Channel, DeliversInOrderAndEndsWhenItIsClosedAndDrained) {
  std::vector<int> got;
  on_workers(1, [&]() -> jd::task<> {
    jd::channel<int> ch(8);
    for (int i = 0; i != 5; ++i) co_await ch.send(i);
    EXPECT_EQ(ch.size(), 5U);
    ch.close();
    EXPECT_TRUE(ch.closed());
    co_await drain(ch, got);
  });
  EXPECT_THAT(got, ElementsAre(0, 1, 2, 3, 4));
}

TEST(Channel, ASendWaitsForRoomAndKeepsItsPlaceInTheOrder) {
  std::vector<int> got;
  on_workers(1, [&]() -> jd::task<> {
    jd::channel<int> ch(2);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != 5; ++i) {
        group.spawn(send_one, std::ref(ch), i, std::ref(arrived));
        co_await until(arrived, i + 1);
      }
      EXPECT_EQ(ch.size(), 2U);
      EXPECT_FALSE(ch.try_send(99));  // others were first
      for (int i = 0; i != 5; ++i) got.push_back(ch.try_receive().value_or(-1));
      EXPECT_FALSE(ch.try_receive().has_value());
    });
  });
  EXPECT_THAT(got, ElementsAre(0, 1, 2, 3, 4));
}

TEST(Channel, WithoutCapacityASendEndsWhenItsItemIsTaken) {
  std::vector<int> got;
  on_workers(1, [&]() -> jd::task<> {
    jd::channel<int> ch(0);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      EXPECT_FALSE(ch.try_send(1));
      auto sender = group.spawn(send_one, std::ref(ch), 7, std::ref(arrived));
      co_await until(arrived, 1);
      EXPECT_FALSE(sender.done());
      EXPECT_EQ(co_await ch.receive(), 7);
      co_await sender;
      group.spawn(receive_one, std::ref(ch), std::ref(arrived), std::ref(got));
      co_await until(arrived, 2);
      EXPECT_TRUE(ch.try_send(8));  // somebody waits for it
    });
  });
  EXPECT_THAT(got, ElementsAre(8));
}

TEST(Channel, WaitingReceiversAreServedInTheOrderOfTheirArrival) {
  std::vector<int> got;
  on_workers(1, [&]() -> jd::task<> {
    jd::channel<int> ch(4);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != 3; ++i) {
        group.spawn(receive_one, std::ref(ch), std::ref(arrived), std::ref(got));
        co_await until(arrived, i + 1);
      }
      for (int i = 0; i != 3; ++i) {
        EXPECT_TRUE(ch.try_send(i));
        co_await jd::yield();
      }
    });
  });
  EXPECT_THAT(got, ElementsAre(0, 1, 2));
}

TEST(Channel, ClosingWakesReceiversWithNothing) {
  constexpr std::size_t receivers = 150;  // more than a batch
  std::vector<int> got;
  on_workers(1, [&]() -> jd::task<> {
    jd::channel<int> ch(1);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (std::size_t i = 0; i != receivers; ++i) {
        group.spawn(receive_one, std::ref(ch), std::ref(arrived), std::ref(got));
      }
      co_await until(arrived, static_cast<int>(receivers));
      ch.close();
    });
  });
  EXPECT_EQ(got, std::vector<int>(receivers, -1));
}

TEST(Channel, ClosingRefusesWaitingSendersAndLeavesThemTheirItem) {
  on_workers(1, []() -> jd::task<> {
    jd::channel<std::unique_ptr<int>> ch(0);
    int arrived = 0;
    const auto send = [&]() -> jd::task<> {
      auto item = std::make_unique<int>(5);
      ++arrived;
      bool refused = false;
      try {
        co_await ch.send(std::move(item));
      } catch (const jd::channel_closed&) {
        refused = true;
      }
      EXPECT_TRUE(refused);
      EXPECT_NE(item, nullptr);
    };
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn(send);
      co_await until(arrived, 1);
      ch.close();
    });
    co_await send();
    auto item = std::make_unique<int>(6);
    EXPECT_FALSE(ch.try_send(std::move(item)));
    EXPECT_NE(item, nullptr);
  });
}

TEST(Channel, S31_a_cancelled_receive_has_taken_nothing) {
  std::vector<int> got;
  on_workers(1, [&]() -> jd::task<> {
    jd::channel<int> ch(4);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto head = group.spawn(receive_one, std::ref(ch), std::ref(arrived), std::ref(got));
      co_await until(arrived, 1);
      group.spawn(receive_one, std::ref(ch), std::ref(arrived), std::ref(got));
      co_await until(arrived, 2);
      head.cancel();
      EXPECT_TRUE(ch.try_send(1));
      EXPECT_TRUE(ch.try_send(2));
    });
    EXPECT_EQ(ch.try_receive(), 2);
  });
  EXPECT_THAT(got, ElementsAre(1));
}

TEST(Channel, S31_an_item_given_to_a_receiver_that_is_then_cancelled_is_returned) {
  std::vector<int> got;
  on_workers(1, [&]() -> jd::task<> {
    jd::channel<int> ch(4);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto receiver = group.spawn(receive_one, std::ref(ch), std::ref(arrived), std::ref(got));
      co_await until(arrived, 1);
      EXPECT_TRUE(ch.try_send(1));
      receiver.cancel();
    });
  });
  EXPECT_THAT(got, ElementsAre(1));
}

TEST(Channel, S31_a_cancelled_send_leaves_the_item_with_its_sender) {
  on_workers(1, []() -> jd::task<> {
    jd::channel<std::unique_ptr<int>> ch(0);
    int arrived = 0;
    bool kept = false;
    const auto send = [&]() -> jd::task<> {
      auto item = std::make_unique<int>(5);
      ++arrived;
      try {
        co_await ch.send(std::move(item));
      } catch (const jd::cancelled&) {
        kept = item != nullptr;
        throw;
      }
    };
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto sender = group.spawn(send);
      co_await until(arrived, 1);
      sender.cancel();
      while (!sender.done()) co_await jd::yield();
      EXPECT_FALSE(ch.try_receive().has_value());
    });
    EXPECT_TRUE(kept);
  });
}

TEST(Channel, OperationsThatNeverWaitLetOthersRun) {
  on_workers(1, []() -> jd::task<> {
    jd::channel<int> ch(1);
    co_await until_another_runs([&]() -> jd::task<> {
      co_await ch.send(1);
      (void)co_await ch.receive();
    });
  });
}

TEST(Channel, DestroysTheItemsThatNobodyReceived) {
  const auto item = std::make_shared<int>(1);
  {
    jd::channel<std::shared_ptr<int>> ch(3);
    EXPECT_TRUE(ch.try_send(item));
    EXPECT_TRUE(ch.try_send(item));
    EXPECT_EQ(item.use_count(), 3);
  }
  EXPECT_EQ(item.use_count(), 1);
}

TEST(Channel, MayBeFedByAThreadThatIsNoWorker) {
  constexpr int items = 5000;
  jd::channel<int> ch(16);
  std::thread foreign([&] {
    for (int i = 0; i != items; ++i) {
      while (!ch.try_send(i)) std::this_thread::yield();
    }
    ch.close();
  });
  std::vector<int> got;
  on_workers(2, [&]() -> jd::task<> { co_await drain(ch, got); });
  foreign.join();
  std::vector<int> all(items);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(got, all);
}

/// Many senders and receivers, some of which are cancelled; every item is accounted for.
struct market {
  static constexpr int people = 16;
  static constexpr int items_each = 100;

  jd::channel<int> ch;
  std::vector<std::vector<int>> sent{people};      // by each sender, in order
  std::vector<std::vector<int>> received{people};  // by each receiver, in order

  explicit market(std::size_t capacity) : ch(capacity) {}

  jd::task<> sell(std::size_t me) {
    for (int i = 0; i != items_each; ++i) {
      const int item = static_cast<int>(me) * items_each + i;
      co_await ch.send(item);
      sent[me].push_back(item);
    }
  }
  jd::task<> buy(std::size_t me) {
    while (auto item = co_await ch.receive()) received[me].push_back(*item);
  }
  jd::task<> trade(unsigned seed) {
    co_await jd::with_task_group([&](jd::task_group& buyers) -> jd::task<> {
      std::minstd_rand random(seed);
      std::vector<jd::join_handle<void>> buying;
      for (std::size_t i = 0; i != people; ++i) {
        buying.push_back(buyers.spawn([this, i] { return buy(i); }));
      }
      co_await jd::with_task_group([&](jd::task_group& sellers) -> jd::task<> {
        std::vector<jd::join_handle<void>> selling;
        for (std::size_t i = 0; i != people; ++i) {
          selling.push_back(sellers.spawn([this, i] { return sell(i); }));
        }
        for (std::size_t i = 1; i != people; ++i) {  // buyer 0 stays
          for (auto pause = random() % 16; pause != 0; --pause) co_await jd::yield();
          buying[i].cancel();
          selling[random() % people].cancel();
        }
      });
      ch.close();
    });
  }

  static std::vector<int> sorted(const std::vector<std::vector<int>>& by) {
    std::vector<int> all;
    for (const auto& items : by) all.insert(all.end(), items.begin(), items.end());
    std::sort(all.begin(), all.end());
    return all;
  }
};

TEST(Channel, S31_every_item_is_received_once_whatever_is_cancelled) {
  for (unsigned seed = 1; seed != 60; ++seed) {
    market m(seed % 4);
    on_workers(4, [&]() -> jd::task<> { co_await m.trade(seed); });
    EXPECT_EQ(market::sorted(m.sent), market::sorted(m.received)) << "seed " << seed;
    EXPECT_FALSE(m.ch.try_receive().has_value());
  }
}

}  // namespace
