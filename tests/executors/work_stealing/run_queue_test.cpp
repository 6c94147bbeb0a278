// SPDX-License-Identifier: MIT
// Tests of work_stealing::run_queue. All interleavings of a few operations are tried in
// tests/interleavings.
#include "work_stealing/run_queue.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "counted_work.hpp"

namespace {

using jackdaw::work;
using jackdaw::work_stealing::basic_run_queue;
using jackdaw::work_stealing::injector;

using small_queue = basic_run_queue<4>;

void take(work* w) { static_cast<counted_work*>(w)->taken.fetch_add(1); }

TEST(RunQueue, GivesTheOwnerTheOldestFirst) {
  small_queue queue;
  std::deque<counted_work> items(3);
  for (counted_work& i : items) ASSERT_TRUE(queue.push(i));
  for (counted_work& i : items) EXPECT_EQ(queue.pop(), &i);
  EXPECT_EQ(queue.pop(), nullptr);
  EXPECT_TRUE(queue.empty_hint());
}

TEST(RunQueue, RefusesAPushWhenItIsFull) {
  small_queue queue;
  std::deque<counted_work> items(5);
  for (std::size_t i = 0; i != 4; ++i) ASSERT_TRUE(queue.push(items[i]));
  EXPECT_EQ(queue.room(), 0U);
  EXPECT_FALSE(queue.push(items[4]));
  EXPECT_EQ(queue.pop(), &items[0]);
  EXPECT_TRUE(queue.push(items[4]));
}

TEST(RunQueue, WrapsAroundItsRing) {
  small_queue queue;
  std::deque<counted_work> items(3);
  for (int round = 0; round != 100; ++round) {
    for (counted_work& i : items) ASSERT_TRUE(queue.push(i));
    for (counted_work& i : items) ASSERT_EQ(queue.pop(), &i);
  }
}

TEST(RunQueue, OverflowsItsOlderHalfAndTheNewWorkToTheInjectorInOrder) {
  small_queue queue;
  injector out;
  std::deque<counted_work> items(5);
  for (std::size_t i = 0; i != 4; ++i) ASSERT_TRUE(queue.push(items[i]));
  ASSERT_FALSE(queue.push(items[4]));
  queue.overflow_half(out, items[4]);
  EXPECT_EQ(out.size_hint(), 3U);
  for (std::size_t i : {0U, 1U, 4U}) EXPECT_EQ(out.pop(), &items[i]);
  for (std::size_t i : {2U, 3U}) EXPECT_EQ(queue.pop(), &items[i]);
}

TEST(RunQueue, AThiefTakesTheOlderHalfAndRunsTheOldest) {
  basic_run_queue<8> victim;
  basic_run_queue<8> thief;
  std::deque<counted_work> items(5);
  for (counted_work& i : items) ASSERT_TRUE(victim.push(i));
  EXPECT_EQ(victim.steal_into(thief), &items[0]);
  EXPECT_EQ(thief.size_hint(), 2U);
  EXPECT_EQ(thief.pop(), &items[1]);
  EXPECT_EQ(thief.pop(), &items[2]);
  EXPECT_EQ(victim.pop(), &items[3]);
  EXPECT_EQ(victim.pop(), &items[4]);
  EXPECT_EQ(victim.steal_into(thief), nullptr);
}

TEST(RunQueue, AThiefTakesTheOnlyWorkThereIs) {
  small_queue victim;
  small_queue thief;
  counted_work only;
  ASSERT_TRUE(victim.push(only));
  EXPECT_EQ(victim.steal_into(thief), &only);
  EXPECT_TRUE(thief.empty_hint());
  EXPECT_TRUE(victim.empty_hint());
}

TEST(RunQueue, AThiefTakesNoMoreThanItHasRoomFor) {
  small_queue victim;
  small_queue thief;
  std::deque<counted_work> items(8);
  for (std::size_t i = 0; i != 4; ++i) ASSERT_TRUE(victim.push(items[i]));
  for (std::size_t i = 4; i != 8; ++i) ASSERT_TRUE(thief.push(items[i]));
  EXPECT_EQ(victim.steal_into(thief), &items[0]);
  EXPECT_EQ(victim.size_hint(), 3U);
  EXPECT_EQ(thief.size_hint(), 4U);
}

TEST(RunQueue, GivesEachWorkToExactlyOneThread) {
  constexpr std::size_t count = 20'000;
  auto queue = std::make_unique<basic_run_queue<16>>();
  injector spill;
  std::deque<counted_work> items(count);
  std::atomic<bool> stop{false};
  std::vector<std::thread> thieves;
  for (int t = 0; t != 2; ++t) {
    thieves.emplace_back([&] {
      basic_run_queue<16> mine;
      while (!stop.load(std::memory_order_acquire)) {
        if (work* const w = queue->steal_into(mine)) take(w);
        while (work* const w = mine.pop()) take(w);
        if (work* const w = spill.pop()) take(w);
      }
    });
  }
  for (std::size_t i = 0; i != count; ++i) {
    if (!queue->push(items[i])) queue->overflow_half(spill, items[i]);
    if (i % 3 == 0) {
      if (work* const w = queue->pop()) take(w);
    }
  }
  while (work* const w = queue->pop()) take(w);
  while (work* const w = spill.pop()) take(w);
  stop.store(true, std::memory_order_release);
  for (std::thread& t : thieves) t.join();
  for (counted_work& i : items) ASSERT_EQ(i.taken.load(), 1);
}

}  // namespace
