// SPDX-License-Identifier: MIT
// Tests of work_stealing::wake_patience: whom a batch of work wakes, and when.
#include "work_stealing/wake_patience.hpp"

#include <gtest/gtest.h>

namespace {

using jackdaw::work_stealing::wake_patience;

constexpr std::int64_t enough = wake_patience::worth_a_wake;

// Runs batches of one unit that takes `each` until the average has followed.
void learn(wake_patience& patience, std::int64_t each) {
  for (std::int64_t batch = 0; batch < 100; ++batch) {
    const auto unit = static_cast<std::uint64_t>(batch);
    const std::int64_t now = batch * 1'000'000'000;  // idle for long between them
    (void)patience.begin(1, unit, now);
    patience.end(unit + 1, now + each);
  }
}

TEST(wake_patience, wakes_nobody_for_a_batch_that_is_soon_done) {
  wake_patience patience;
  learn(patience, 5'000);
  EXPECT_FALSE(patience.begin(5, 0, 0));
  EXPECT_TRUE(patience.waiting());
  EXPECT_FALSE(patience.lost(enough / 2));
  patience.end(5, enough / 2);
  EXPECT_FALSE(patience.waiting());
}

TEST(wake_patience, wakes_at_once_for_a_batch_that_takes_long) {
  wake_patience patience;
  learn(patience, 5'000);
  EXPECT_TRUE(patience.begin(50, 0, 0));
  EXPECT_FALSE(patience.waiting()) << "it has been decided";
}

TEST(wake_patience, wakes_later_and_once_for_a_batch_that_takes_longer_than_expected) {
  wake_patience patience;
  learn(patience, 5'000);
  ASSERT_FALSE(patience.begin(5, 0, 0));
  EXPECT_TRUE(patience.lost(enough + 1));
  EXPECT_FALSE(patience.waiting());
  patience.end(5, 5 * enough);
  for (int i = 0; i < 8; ++i) {
    (void)patience.begin(1, 0, 0);
    patience.end(1, enough);
  }
  EXPECT_TRUE(patience.begin(5, 0, 0)) << "it has learnt";
}

TEST(wake_patience, lets_a_batch_begin_within_another) {
  wake_patience patience;
  learn(patience, 5'000);
  ASSERT_FALSE(patience.begin(2, 0, 0));
  EXPECT_FALSE(patience.begin(2, 1, 5'000));
  EXPECT_TRUE(patience.in_batch());
  patience.end(4, 20'000);
  EXPECT_FALSE(patience.in_batch());
}

}  // namespace
