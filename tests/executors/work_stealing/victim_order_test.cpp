// SPDX-License-Identifier: MIT
// Tests of work_stealing::victim_order: each other worker once, the nearest first, from any on.
#include "work_stealing/victim_order.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace {

using jackdaw::work_stealing::cache_groups;
using jackdaw::work_stealing::victim_order;
using jackdaw::work_stealing::whereabouts;

constexpr std::uint32_t randoms = 65536;
constexpr std::uint32_t some_of_them = 257;  // a step: not a divisor

std::vector<std::uint32_t> copied(victim_order::order order) {
  return {order.begin(), order.end()};
}

int cpu_at_hand = 0;

/// Four caches of two CPUs each in two nodes, and on each CPU as many workers as are said.
class VictimOrder : public ::testing::Test {
 protected:
  static constexpr std::uint32_t cpus = 8;
  static cache_groups groups() {
    return {{0, 0, 1, 1, 2, 2, 3, 3}, {0, 0, 1, 1}, [] { return cpu_at_hand; }};
  }
  /// Worker i runs on CPU i, i - 8 and so on.
  static whereabouts places_of(std::uint32_t workers) {
    whereabouts places(groups(), workers);
    for (std::uint32_t i = 0; i != workers; ++i) move(places, i, i % cpus);
    return places;
  }
  static void move(whereabouts& places, std::uint32_t worker, std::uint32_t cpu) {
    cpu_at_hand = static_cast<int>(cpu);
    places.note(worker);
  }
};

TEST_F(VictimOrder, OfOneWorkerIsEmpty) {
  const victim_order alone(1, 0);
  EXPECT_TRUE(alone.from(0).empty());
  EXPECT_TRUE(alone.from(randoms - 1).empty());
}

TEST_F(VictimOrder, HasEachOtherOnceAndGoesRound) {
  const victim_order of_two(5, 2);
  EXPECT_EQ(copied(of_two.from(0)), (std::vector<std::uint32_t>{0, 1, 3, 4}));
  EXPECT_EQ(copied(of_two.from(randoms / 4)), (std::vector<std::uint32_t>{1, 3, 4, 0}));
  EXPECT_EQ(copied(of_two.from(randoms - 1)), (std::vector<std::uint32_t>{4, 0, 1, 3}));
}

TEST_F(VictimOrder, BeginsAtEachAsOften) {
  const victim_order order(5, 0);
  std::map<std::uint32_t, int> firsts;
  for (std::uint32_t random = 0; random != randoms; ++random) ++firsts[order.from(random)[0]];
  EXPECT_EQ(firsts, (std::map<std::uint32_t, int>{
                        {1, randoms / 4}, {2, randoms / 4}, {3, randoms / 4}, {4, randoms / 4}}));
}

TEST_F(VictimOrder, HasEachOtherOnceAlsoWithGroups) {
  for (const std::uint32_t workers : {2U, 3U, 8U, 61U}) {
    const whereabouts places = places_of(workers);
    for (std::uint32_t self = 0; self != workers; ++self) {
      victim_order order(workers, self);
      for (std::uint32_t random = 0; random < randoms; random += some_of_them) {
        std::vector<std::uint32_t> victims = copied(order.nearest_first(places, random));
        victims.push_back(self);
        std::sort(victims.begin(), victims.end());
        for (std::uint32_t i = 0; i != workers; ++i) ASSERT_EQ(victims[i], i);
        ASSERT_EQ(victims.size(), workers);
      }
    }
  }
}

TEST_F(VictimOrder, HasTheNearerOnesFirst) {
  constexpr std::uint32_t workers = 16;
  const whereabouts places = places_of(workers);
  for (std::uint32_t self = 0; self != workers; ++self) {
    victim_order order(workers, self);
    for (std::uint32_t random = 0; random < randoms; random += some_of_them) {
      std::vector<int> distances;
      for (const std::uint32_t victim : order.nearest_first(places, random))
        distances.push_back(places.distance(self, victim));
      ASSERT_EQ(distances, (std::vector<int>{0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2}));
    }
  }
}

TEST_F(VictimOrder, BeginsAtAnyOfEachDistance) {
  const whereabouts places = places_of(16);
  victim_order order(16, 9);  // on CPU 1
  std::set<std::uint32_t> nearest, next, farthest;
  for (std::uint32_t random = 0; random < randoms; random += some_of_them) {
    const victim_order::order victims = order.nearest_first(places, random);
    nearest.insert(victims[0]);
    next.insert(victims[3]);
    farthest.insert(victims[7]);
  }
  EXPECT_EQ(nearest, (std::set<std::uint32_t>{0, 1, 8}));
  EXPECT_EQ(next, (std::set<std::uint32_t>{2, 3, 10, 11}));
  EXPECT_EQ(farthest, (std::set<std::uint32_t>{4, 5, 6, 7, 12, 13, 14, 15}));
}

TEST_F(VictimOrder, FollowsWhoMoves) {
  whereabouts places = places_of(3);  // on CPUs 0, 1, 2
  victim_order order(3, 0);
  EXPECT_EQ(copied(order.nearest_first(places, 0)), (std::vector<std::uint32_t>{1, 2}));
  move(places, 1, 7);
  EXPECT_EQ(copied(order.nearest_first(places, 0)), (std::vector<std::uint32_t>{2, 1}));
  move(places, 0, 6);
  EXPECT_EQ(copied(order.nearest_first(places, 0)), (std::vector<std::uint32_t>{1, 2}));
}

}  // namespace
