// SPDX-License-Identifier: MIT
// Tests of membership on one thread; membership_interleavings.cpp has the races.
#include <jackdaw/structured/membership.hpp>

#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

namespace {

using jackdaw::membership;

TEST(Membership, ABodyAloneIsTheLastToLeave) {
  membership group;
  EXPECT_TRUE(group.only_one());
  EXPECT_EQ(group.live(), 0U);
  EXPECT_TRUE(group.body_left());
}

TEST(Membership, TheLastOfThreeEndsTheGroup) {
  membership group;
  EXPECT_EQ(group.enter(), 0U);
  EXPECT_EQ(group.enter(), 1U);
  EXPECT_EQ(group.live(), 2U);
  EXPECT_FALSE(group.leave());
  EXPECT_FALSE(group.only_one());
  EXPECT_FALSE(group.body_left());
  EXPECT_TRUE(group.only_one());
  EXPECT_EQ(group.enter(), 2U);  // by the child that is left
  EXPECT_EQ(group.live(), 2U);
  EXPECT_FALSE(group.leave());
  EXPECT_TRUE(group.leave());
  std::size_t number = 0;
  EXPECT_FALSE(group.try_enter(number));
}

// A server's group may be open for years.
TEST(Membership, HowManyHaveComeAndGoneDoesNotMatter) {
  for (const std::uint64_t past : {std::uint64_t{1} << 31, std::uint64_t{1} << 32,
                                   (std::uint64_t{1} << 32) - 1, std::uint64_t{1} << 50}) {
    membership group(past);
    EXPECT_TRUE(group.only_one());
    EXPECT_EQ(group.live(), 0U);
    EXPECT_EQ(group.enter(), past);
    EXPECT_EQ(group.live(), 1U);
    EXPECT_FALSE(group.only_one());
    EXPECT_FALSE(group.leave());
    EXPECT_EQ(group.enter(), past + 1);
    EXPECT_FALSE(group.body_left());
    EXPECT_TRUE(group.only_one());
    EXPECT_TRUE(group.leave());
  }
}

}  // namespace
