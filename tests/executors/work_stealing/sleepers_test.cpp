// SPDX-License-Identifier: MIT
// Tests of work_stealing::sleepers: the transitions. That no wake-up is lost is tried in
// tests/interleavings.
#include "work_stealing/sleepers.hpp"

#include <gtest/gtest.h>

namespace {

using jackdaw::base::asymmetric_barrier;
using jackdaw::work_stealing::sleepers;

constexpr auto nobody = sleepers::nobody;

class Sleepers : public ::testing::Test {
 protected:
  Sleepers() { asymmetric_barrier::prepare(); }
  sleepers four{4};
};

TEST_F(Sleepers, WakeNobodyWhileAllRun) { EXPECT_EQ(four.worker_to_wake(), nobody); }

TEST_F(Sleepers, WakeOneForOnePublicationAndThenNobodyUntilItHasSearched) {
  EXPECT_TRUE(four.announce_sleep(2, false));
  EXPECT_TRUE(four.announce_sleep(3, false));
  EXPECT_EQ(four.worker_to_wake(), 3U) << "the last to fall asleep is woken first";
  EXPECT_EQ(four.searching(), 1U);
  EXPECT_EQ(four.worker_to_wake(), nobody) << "there is a searcher";
  EXPECT_FALSE(four.cancel_sleep(3)) << "it was taken off the list by its waker";
  EXPECT_EQ(sleepers::succession::needed, four.stop_searching()) << "it was the last";
  EXPECT_EQ(four.worker_to_wake(), 2U);
}

TEST_F(Sleepers, AreWokenFromOutsideTheSameWay) {
  EXPECT_EQ(four.worker_to_wake_from_outside(), nobody) << "all run";
  EXPECT_TRUE(four.announce_sleep(1, false));
  EXPECT_EQ(four.worker_to_wake_from_outside(), 1U);
  EXPECT_EQ(four.worker_to_wake_from_outside(), nobody) << "there is a searcher";
  EXPECT_FALSE(four.cancel_sleep(1));
}

TEST_F(Sleepers, LetAtMostHalfOfTheWorkersSearch) {
  EXPECT_TRUE(four.try_start_searching());
  EXPECT_TRUE(four.try_start_searching());
  EXPECT_FALSE(four.try_start_searching());
  EXPECT_EQ(sleepers::succession::others, four.stop_searching());
  EXPECT_EQ(sleepers::succession::needed, four.stop_searching());
}

TEST_F(Sleepers, LetTheOnlyWorkerSearch) {
  sleepers one{1};
  EXPECT_TRUE(one.try_start_searching());
}

TEST_F(Sleepers, MakeOnlyTheLastSearcherLookAgain) {
  ASSERT_TRUE(four.try_start_searching());
  ASSERT_TRUE(four.try_start_searching());
  EXPECT_FALSE(four.announce_sleep(0, true)) << "another one searches on";
  EXPECT_FALSE(four.announce_sleep(1, false)) << "another one searches on";
  EXPECT_TRUE(four.announce_sleep(2, true));
  EXPECT_EQ(four.searching(), 0U);
  EXPECT_EQ(four.sleeping(), 3U);
}

TEST_F(Sleepers, ForgetAWorkerThatWokeByItself) {
  ASSERT_TRUE(four.announce_sleep(0, false));
  ASSERT_TRUE(four.announce_sleep(1, false));
  EXPECT_TRUE(four.cancel_sleep(0));
  EXPECT_EQ(four.worker_to_wake(), 1U);
  EXPECT_FALSE(four.cancel_sleep(1));
  EXPECT_EQ(sleepers::succession::needed, four.stop_searching());
  EXPECT_EQ(four.worker_to_wake(), nobody);
}

}  // namespace
