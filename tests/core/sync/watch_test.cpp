// SPDX-License-Identifier: MIT
// Tests of watch: latest values, closing, cancellation.
#include <jackdaw/sync/watch.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jackdaw/structured/task_group.hpp>

#include "core/sync/workers.hpp"

namespace {

namespace jd = jackdaw;
using jd::tests::on_workers;
using jd::tests::until;
using testing::ElementsAre;

jd::task<> follow(jd::watch<int>& w, int& arrived, std::vector<int>& seen) {
  auto observer = w.observe();
  ++arrived;
  while (auto v = co_await observer.changed()) seen.push_back(*v);
}

TEST(Watch, GivesTheLatestValue) {
  jd::watch<int> w(1);
  EXPECT_EQ(w.get(), 1);
  w.set(2);
  EXPECT_EQ(w.get(), 2);
  w.close();
  w.set(3);
  EXPECT_EQ(w.get(), 3);
}

TEST(Watch, AnObserverIsToldOfChangesButNotOfTheValueThatItFound) {
  std::vector<int> seen;
  on_workers(1, [&]() -> jd::task<> {
    jd::watch<int> w(1);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn(follow, std::ref(w), std::ref(arrived), std::ref(seen));
      co_await until(arrived, 1);
      co_await jd::yield();
      EXPECT_TRUE(seen.empty());
      w.set(2);
      while (seen.size() != 1) co_await jd::yield();
      w.set(3);
      while (seen.size() != 2) co_await jd::yield();
      w.close();
    });
  });
  EXPECT_THAT(seen, ElementsAre(2, 3));
}

TEST(Watch, ASlowObserverSeesTheLastOfSeveralChangesAlsoAfterTheEnd) {
  on_workers(1, []() -> jd::task<> {
    jd::watch<int> w(0);
    auto observer = w.observe();
    for (int i = 1; i != 5; ++i) w.set(i);
    w.close();
    EXPECT_EQ(co_await observer.changed(), 4);
    EXPECT_EQ(co_await observer.changed(), std::nullopt);
  });
}

TEST(Watch, AChangeWakesAllObservers) {
  static constexpr int observers = 150;  // more than a batch
  std::vector<int> seen;
  on_workers(1, [&]() -> jd::task<> {
    jd::watch<int> w(0);
    int arrived = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != observers; ++i) {
        group.spawn(follow, std::ref(w), std::ref(arrived), std::ref(seen));
      }
      co_await until(arrived, observers);
      w.set(1);
      while (seen.size() != observers) co_await jd::yield();
      w.set(2);
      w.close();
    });
  });
  EXPECT_EQ(seen.size(), 2U * observers);
}

TEST(Watch, S19_a_cancelled_wait_has_seen_nothing) {
  on_workers(1, []() -> jd::task<> {
    jd::watch<int> w(0);
    auto observer = w.observe();
    bool waits = false;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto wait = [&]() -> jd::task<> {
        waits = true;
        (void)co_await observer.changed();
        ADD_FAILURE() << "returned";
      };
      group.spawn(wait);
      while (!waits) co_await jd::yield();
      group.cancel();
    });
    w.set(1);
    EXPECT_EQ(co_await observer.changed(), 1);
  });
}

TEST(Watch, DestroysTheValuesThatWereReplaced) {
  const auto first = std::make_shared<const int>(1);
  jd::watch<std::shared_ptr<const int>> w(first);
  EXPECT_EQ(first.use_count(), 2);
  w.set(nullptr);
  EXPECT_EQ(first.use_count(), 1);
}

TEST(Watch, ObserversOfAThreadThatIsNoWorkerSeeRisingValuesAndTheLast) {
  static constexpr int last = 20'000;
  jd::watch<int> w(0);
  std::vector<std::vector<int>> seen(3);
  std::thread foreign;
  on_workers(2, [&]() -> jd::task<> {
    std::vector<jd::watch<int>::observer> observers(3, w.observe());
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto observe = [&](std::size_t me) -> jd::task<> {
        while (auto v = co_await observers[me].changed()) seen[me].push_back(*v);
      };
      for (std::size_t i = 0; i != 3; ++i) group.spawn(observe, i);
      foreign = std::thread([&] {
        for (int i = 1; i <= last; ++i) w.set(i);
        w.close();
      });
      co_return;
    });
  });
  foreign.join();
  for (const auto& values : seen) {
    EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
    EXPECT_EQ(values.back(), last);
  }
}

}  // namespace
