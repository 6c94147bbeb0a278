// SPDX-License-Identifier: MIT
// Tests of work_stealing::injector.
#include "work_stealing/injector.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "counted_work.hpp"
#include "work_stealing/run_queue.hpp"

namespace {

using jackdaw::work;
using jackdaw::work_stealing::basic_run_queue;
using jackdaw::work_stealing::bundle;
using jackdaw::work_stealing::injector;
using jackdaw::work_stealing::work_list;

TEST(Injector, IsFirstInFirstOut) {
  injector queue;
  std::deque<counted_work> items(3);
  EXPECT_EQ(queue.pop(), nullptr);
  for (counted_work& i : items) queue.push(i);
  EXPECT_EQ(queue.size_hint(), 3U);
  for (counted_work& i : items) EXPECT_EQ(queue.pop(), &i);
  EXPECT_TRUE(queue.empty_hint());
}

TEST(Injector, TakesAWholeListBehindWhatItHas) {
  injector queue;
  std::deque<counted_work> items(4);
  queue.push(items[0]);
  work_list list;
  for (std::size_t i = 1; i != 4; ++i) list.push(items[i]);
  queue.push_all(list);
  EXPECT_TRUE(list.empty());
  for (counted_work& i : items) EXPECT_EQ(queue.pop(), &i);
}

TEST(Injector, ABatchGivesTheFirstAndPutsTheRestInTheRing) {
  injector queue;
  basic_run_queue<8> mine;
  std::deque<counted_work> items(6);
  for (counted_work& i : items) queue.push(i);
  EXPECT_EQ(queue.pop_batch(4, mine), &items[0]);
  EXPECT_EQ(queue.size_hint(), 2U);
  for (std::size_t i = 1; i != 4; ++i) EXPECT_EQ(mine.pop(), &items[i]);
  EXPECT_EQ(queue.pop(), &items[4]);
}

TEST(Injector, ABatchTakesNoMoreThanTheRingHasRoomFor) {
  injector queue;
  basic_run_queue<2> mine;
  std::deque<counted_work> items(6);
  ASSERT_TRUE(mine.push(items[5]));
  for (std::size_t i = 0; i != 5; ++i) queue.push(items[i]);
  EXPECT_EQ(queue.pop_batch(100, mine), &items[0]);
  EXPECT_EQ(queue.size_hint(), 3U);
  EXPECT_EQ(mine.size_hint(), 2U);
}

// A bundle of `count`, beginning at `first`.
bundle& bundle_of(std::deque<counted_work>& items, std::size_t first, std::size_t count) {
  bundle* const b = bundle::make();
  for (std::size_t i = first; i != first + count; ++i) b->push(items[i]);
  return *b;
}

TEST(Injector, ABundleCountsAsWhatIsInItAndKeepsItsPlace) {
  injector queue;
  std::deque<counted_work> items(5);
  queue.push(items[0]);
  queue.push_bundle(bundle_of(items, 1, 3));
  queue.push(items[4]);
  EXPECT_EQ(queue.size_hint(), 5U);
  for (counted_work& i : items) EXPECT_EQ(queue.pop(), &i);
  EXPECT_TRUE(queue.empty_hint());
}

TEST(Injector, ABatchTakesAWholeBundleOrAPartOfIt) {
  injector queue;
  basic_run_queue<8> mine;
  std::deque<counted_work> items(8);
  queue.push_bundle(bundle_of(items, 0, 4));
  queue.push_bundle(bundle_of(items, 4, 4));
  EXPECT_EQ(queue.pop_batch(5, mine), &items[0]);
  EXPECT_EQ(queue.size_hint(), 4U);
  for (std::size_t i = 1; i != 4; ++i) EXPECT_EQ(mine.pop(), &items[i]);
  EXPECT_EQ(queue.pop_batch(2, mine), &items[4]);
  EXPECT_EQ(mine.pop(), &items[5]);
  EXPECT_EQ(queue.size_hint(), 2U);
  EXPECT_EQ(queue.pop(), &items[6]);
  // The last one stays behind: the queue takes its bundle along.
}

TEST(Injector, GivesEachWorkToExactlyOneThread) {
  constexpr std::size_t count = 5000;
  injector queue;
  std::deque<counted_work> items(2 * count);
  std::atomic<std::size_t> taken{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t != 2; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i != count; ++i) queue.push(items[t * count + i]);
    });
    threads.emplace_back([&] {
      while (taken.load() != 2 * count) {
        work* const w = queue.pop();
        if (w == nullptr) continue;
        static_cast<counted_work*>(w)->taken.fetch_add(1);
        taken.fetch_add(1);
      }
    });
  }
  for (std::thread& t : threads) t.join();
  for (counted_work& i : items) ASSERT_EQ(i.taken.load(), 1);
}

}  // namespace
