// SPDX-License-Identifier: MIT
// Tests of broadcast: every subscriber gets every item, lagging, closing, cancellation.
#include <jackdaw/sync/broadcast.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <thread>
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
using testing::ElementsAre;

jd::task<> collect(jd::broadcast<int>& b, int& arrived, std::vector<int>& got) {
  auto items = b.subscribe();
  ++arrived;
  while (auto item = co_await items.receive()) got.push_back(*item);
}

TEST(Broadcast, EverySubscriberGetsEveryItemFromItsSubscriptionOn) {
  std::vector<int> early;
  std::vector<int> late;
  on_workers(1, [&]() -> jd::task<> {
    jd::broadcast<int> b(8);
    b.send(0);  // to nobody
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn(collect, std::ref(b), std::ref(arrived), std::ref(early));
      co_await until(arrived, 1);
      b.send(1);
      b.send(2);
      group.spawn(collect, std::ref(b), std::ref(arrived), std::ref(late));
      co_await until(arrived, 2);
      b.send(3);
      b.close();
      EXPECT_THROW(b.send(4), jd::channel_closed);
    });
  });
  EXPECT_THAT(early, ElementsAre(1, 2, 3));
  EXPECT_THAT(late, ElementsAre(3));
}

TEST(Broadcast, ASlowSubscriberIsToldHowManyItemsItMissedAndGoesOnWithTheOldestLeft) {
  on_workers(1, []() -> jd::task<> {
    jd::broadcast<int> b(3);
    auto items = b.subscribe();
    for (int i = 0; i != 3; ++i) b.send(i);
    auto in_time = items;
    EXPECT_EQ(co_await in_time.receive(), 0);
    for (int i = 3; i != 8; ++i) b.send(i);
    const auto how = co_await jd::settle(items.receive());
    std::uint64_t missed = 0;
    try {
      (void)how.value();
    } catch (const jd::lagged& error) {
      missed = error.missed();
    }
    EXPECT_EQ(missed, 5U);
    b.close();
    std::vector<int> got;
    while (auto item = co_await items.receive()) got.push_back(*item);
    EXPECT_THAT(got, ElementsAre(5, 6, 7));
  });
}

TEST(Broadcast, ASendWakesAllSubscribers) {
  static constexpr int subscribers = 150;  // more than a batch
  std::vector<int> got;
  on_workers(1, [&]() -> jd::task<> {
    jd::broadcast<int> b(4);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != subscribers; ++i) {
        group.spawn(collect, std::ref(b), std::ref(arrived), std::ref(got));
      }
      co_await until(arrived, subscribers);
      b.send(1);
      b.send(1);
      b.close();
    });
  });
  EXPECT_EQ(got, std::vector<int>(2U * subscribers, 1));
}

TEST(Broadcast, S31_a_cancelled_receive_has_taken_nothing) {
  on_workers(1, []() -> jd::task<> {
    jd::broadcast<int> b(2);
    auto items = b.subscribe();
    bool waits = false;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto receive = [&]() -> jd::task<> {
        waits = true;
        (void)co_await items.receive();
        ADD_FAILURE() << "returned";
      };
      group.spawn(receive);
      while (!waits) co_await jd::yield();
      group.cancel();
    });
    EXPECT_FALSE(items.try_receive().has_value());
    b.send(1);
    EXPECT_EQ(co_await items.receive(), 1);
  });
}

TEST(Broadcast, OfNothingIsRefused) {
  EXPECT_THROW(jd::broadcast<int> b(0), std::invalid_argument);
}

TEST(Broadcast, KeepsNoMoreItemsThanItsCapacity) {
  const auto item = std::make_shared<const int>(1);
  jd::broadcast<std::shared_ptr<const int>> b(3);
  for (int i = 0; i != 10; ++i) b.send(item);
  EXPECT_EQ(item.use_count(), 4);
}

TEST(Broadcast, SubscribersOfAThreadThatIsNoWorkerGetAllItemsInOrder) {
  static constexpr int sent = 5000;
  jd::broadcast<int> b(sent);
  std::vector<std::vector<int>> got(3);
  std::thread foreign;
  on_workers(2, [&]() -> jd::task<> {
    std::vector<jd::broadcast<int>::subscription> subscriptions(3, b.subscribe());
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto receive = [&](std::size_t me) -> jd::task<> {
        while (auto item = co_await subscriptions[me].receive()) got[me].push_back(*item);
      };
      for (std::size_t i = 0; i != 3; ++i) group.spawn(receive, i);
      foreign = std::thread([&] {
        for (int i = 0; i != sent; ++i) b.send(i);
        b.close();
      });
      co_return;
    });
  });
  foreign.join();
  std::vector<int> all(sent);
  std::iota(all.begin(), all.end(), 0);
  for (const auto& items : got) EXPECT_EQ(items, all);
}

}  // namespace
