// SPDX-License-Identifier: MIT
// Tests of work_stealing::whereabouts: whom they matter to, and what is noted.
#include "work_stealing/whereabouts.hpp"

#include <gtest/gtest.h>

namespace {

using jackdaw::work_stealing::cache_groups;
using jackdaw::work_stealing::whereabouts;

int cpu_at_hand = 0;

cache_groups two_groups() {
  return {{0, 1}, {0, 0}, [] { return cpu_at_hand; }};
}

TEST(Whereabouts, MatterToSeveralWorkersInSeveralGroups) {
  EXPECT_TRUE(whereabouts(two_groups(), 2).matter());
  EXPECT_FALSE(whereabouts(two_groups(), 1).matter());
  EXPECT_FALSE(whereabouts({}, 2).matter());
}

TEST(Whereabouts, AreNotNotedWhereTheyDoNotMatter) {
  whereabouts nowhere({{0},
                       {0},
                       [] {
                         ADD_FAILURE() << "asked for";
                         return 0;
                       }},
                      2);
  nowhere.note(1);
}

TEST(Whereabouts, AreWhatWasNotedLast) {
  whereabouts places(two_groups(), 2);
  EXPECT_EQ(places.distance(0, 1), 0) << "nothing is known";
  cpu_at_hand = 1;
  places.note(0);
  EXPECT_EQ(places.distance(0, 1), 1);
  places.note(1);
  EXPECT_EQ(places.distance(0, 1), 0);
  cpu_at_hand = 0;
  EXPECT_EQ(places.distance(1, 0), 0) << "not before it is noted";
  places.note(1);
  EXPECT_EQ(places.distance(1, 0), 1);
}

}  // namespace
