// SPDX-License-Identifier: MIT
// Tests of base::fork_deque. All interleavings of a few operations are
// tried in tests/interleavings.
#include <jackdaw/base/fork_deque.hpp>

#include <atomic>
#include <cstddef>
#include <deque>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace {

using jackdaw::base::fork_deque;

struct item : jackdaw::work {
  item() : work([](work&) noexcept {}) {}
  std::atomic<int> taken{0};
};

TEST(ForkDeque, GivesTheOwnerTheNewestAndThievesTheOldest) {
  fork_deque deque;
  item a;
  item b;
  item c;
  for (item* i : {&a, &b, &c}) ASSERT_NE(deque.push(*i), fork_deque::pushed::failed);
  EXPECT_EQ(deque.steal(), &a);
  EXPECT_EQ(deque.pop(), &c);
  EXPECT_EQ(deque.pop(), &b);
  EXPECT_EQ(deque.pop(), nullptr);
  EXPECT_EQ(deque.steal(), nullptr);
  EXPECT_TRUE(deque.empty());
}

TEST(ForkDeque, TakesBackTheNewestOnly) {
  fork_deque deque;
  item a;
  item b;
  ASSERT_NE(deque.push(a), fork_deque::pushed::failed);
  ASSERT_NE(deque.push(b), fork_deque::pushed::failed);
  EXPECT_FALSE(deque.take_back(a));
  EXPECT_TRUE(deque.take_back(b));
  EXPECT_TRUE(deque.take_back(a));
  EXPECT_FALSE(deque.take_back(a));
}

TEST(ForkDeque, DoesNotTakeBackWhatWasStolen) {
  fork_deque deque;
  item a;
  item b;
  ASSERT_NE(deque.push(a), fork_deque::pushed::failed);
  ASSERT_EQ(deque.steal(), &a);
  EXPECT_FALSE(deque.take_back(a));
  ASSERT_NE(deque.push(b), fork_deque::pushed::failed);
  ASSERT_EQ(deque.steal(), &b);
  EXPECT_FALSE(deque.take_back(b));
  EXPECT_EQ(deque.pop(), nullptr);
}

TEST(ForkDeque, ShowsTheOldestAndKeepsTheRestForRaids) {
  jackdaw::base::asymmetric_barrier::prepare();
  fork_deque deque;
  item a;
  item b;
  item c;
  EXPECT_EQ(deque.push(a), fork_deque::pushed::shown);
  EXPECT_EQ(deque.push(b), fork_deque::pushed::stocked);
  EXPECT_EQ(deque.push(c), fork_deque::pushed::stocked);
  EXPECT_EQ(deque.steal(), &a);
  EXPECT_EQ(deque.steal(), nullptr) << "the owner has not come back yet";
  EXPECT_TRUE(deque.stocked());
  EXPECT_EQ(deque.raid(), &b);
  EXPECT_EQ(deque.push(a), fork_deque::pushed::shown);
  EXPECT_EQ(deque.steal(), &c);
  EXPECT_EQ(deque.raid(), &a);
  EXPECT_EQ(deque.raid(), nullptr);
  EXPECT_TRUE(deque.empty());
}

TEST(ForkDeque, GrowsWithoutLosingOrReordering) {
  jackdaw::base::asymmetric_barrier::prepare();
  fork_deque deque(2);
  std::deque<item> items(1000);
  ASSERT_NE(deque.push(items[0]), fork_deque::pushed::failed);
  ASSERT_EQ(deque.steal(), &items[0]);  // so that the ring is not aligned with its buffer
  for (std::size_t i = 1; i != items.size(); ++i) {
    ASSERT_NE(deque.push(items[i]), fork_deque::pushed::failed);
  }
  ASSERT_EQ(deque.steal(), &items[1]);
  for (std::size_t i = 2; i != 500; ++i) ASSERT_EQ(deque.raid(), &items[i]);
  for (std::size_t i = items.size() - 1; i != 499; --i) ASSERT_TRUE(deque.take_back(items[i]));
  EXPECT_TRUE(deque.empty());
}

TEST(ForkDeque, GivesEachWorkToExactlyOneThread) {
  jackdaw::base::asymmetric_barrier::prepare();
  constexpr int rounds = 2000;
  constexpr int depth = 40;
  fork_deque deque(2);
  std::deque<item> items(depth);
  std::atomic<bool> stop{false};
  std::atomic<int> stolen{0};
  std::vector<std::thread> thieves;
  for (int t = 0; t != 2; ++t) {
    thieves.emplace_back([&, t] {
      while (!stop.load(std::memory_order_relaxed)) {
        if (auto* const w = static_cast<item*>(t == 0 ? deque.steal() : deque.raid())) {
          w->taken.fetch_add(1);
          stolen.fetch_add(1);
        }
      }
    });
  }
  int taken_back = 0;
  for (int round = 0; round != rounds; ++round) {
    for (item& i : items) ASSERT_NE(deque.push(i), fork_deque::pushed::failed);
    for (auto i = items.rbegin(); i != items.rend(); ++i) {
      if (!deque.take_back(*i)) continue;
      i->taken.fetch_add(1);
      ++taken_back;
    }
    for (item& i : items) {
      while (i.taken.load() == 0)
        std::this_thread::yield();  // a thief has it and is about to say so
      ASSERT_EQ(i.taken.exchange(0), 1);
    }
  }
  stop.store(true);
  for (std::thread& t : thieves) t.join();
  EXPECT_EQ(taken_back + stolen.load(), rounds * depth);
}

}  // namespace
