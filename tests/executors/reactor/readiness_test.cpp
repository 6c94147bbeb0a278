// SPDX-License-Identifier: MIT
// The word of a direction, row by row of the table in executors/src/reactor/README.md.
#include "reactor/readiness.hpp"

#include <gtest/gtest.h>

namespace jackdaw::reactor {
namespace {

struct alignas(16) operation {};
using word = readiness<operation>;
using beginning = word::beginning;
using ending = word::ending;

/// A word on which an operation has found nothing.
struct empty_word : word {
  empty_word() {
    reset();
    EXPECT_EQ(beginning::attempt, begin());
    EXPECT_EQ(ending::left, end_empty());
  }
};

TEST(readiness, a_new_direction_is_tried_at_once) {
  word w;
  w.reset();
  EXPECT_EQ(beginning::attempt, w.begin());
}

TEST(readiness, one_operation_at_a_time) {
  empty_word w;
  operation waiting;
  EXPECT_TRUE(w.wait(waiting));
  EXPECT_EQ(beginning::busy, w.begin());
  EXPECT_EQ(&waiting, w.signal(false));
  EXPECT_EQ(beginning::busy, w.begin())
      << "a granted operation has the direction until it has tried";
  EXPECT_EQ(ending::left, w.end(true));
}

TEST(readiness, an_edge_during_an_attempt_that_finds_nothing_is_tried_again) {
  word w;
  w.reset();
  EXPECT_EQ(beginning::attempt, w.begin());
  EXPECT_EQ(nullptr, w.signal(false));
  EXPECT_EQ(ending::again, w.end_empty());
  EXPECT_EQ(ending::left, w.end_empty());
}

TEST(readiness, an_edge_before_the_wait_prevents_it) {
  empty_word w;
  operation op;
  EXPECT_EQ(nullptr, w.signal(false));
  EXPECT_FALSE(w.wait(op));
  EXPECT_EQ(beginning::attempt, w.begin());
}

TEST(readiness, a_short_read_ends_readiness_and_a_full_one_does_not) {
  word w;
  w.reset();
  EXPECT_EQ(beginning::attempt, w.begin());
  EXPECT_EQ(ending::left, w.end(false));
  EXPECT_EQ(beginning::attempt, w.begin());
  EXPECT_EQ(ending::left, w.end(true));
  EXPECT_EQ(beginning::not_ready, w.begin());
}

TEST(readiness, an_edge_during_a_short_read_is_kept) {
  word w;
  w.reset();
  EXPECT_EQ(beginning::attempt, w.begin());
  EXPECT_EQ(nullptr, w.signal(false));
  EXPECT_EQ(ending::left, w.end(true));
  EXPECT_EQ(beginning::attempt, w.begin());
}

TEST(readiness, after_a_hang_up_a_short_read_is_followed_by_another) {
  word w;
  w.reset();
  EXPECT_EQ(nullptr, w.signal(true));
  EXPECT_EQ(beginning::attempt, w.begin());
  EXPECT_EQ(ending::left, w.end(true));
  EXPECT_EQ(beginning::attempt, w.begin());
}

TEST(readiness, a_hang_up_does_not_make_an_operation_spin_that_finds_nothing) {
  word w;
  w.reset();
  EXPECT_EQ(nullptr, w.signal(true));
  EXPECT_EQ(beginning::attempt, w.begin());
  EXPECT_EQ(ending::left, w.end_empty());
  operation op;
  EXPECT_TRUE(w.wait(op));
  EXPECT_EQ(&op, w.signal(false));
}

TEST(readiness, a_waiter_is_taken_out_once) {
  empty_word w;
  operation op;
  EXPECT_TRUE(w.wait(op));
  EXPECT_TRUE(w.unlink(op));
  EXPECT_FALSE(w.unlink(op));
  EXPECT_EQ(nullptr, w.signal(false));
  EXPECT_EQ(beginning::attempt, w.begin());
}

TEST(readiness, close_hands_out_the_waiter_who_then_leaves) {
  empty_word w;
  operation op;
  EXPECT_TRUE(w.wait(op));
  const word::closing found = w.close();
  EXPECT_EQ(&op, found.waiting);
  EXPECT_TRUE(found.in_use);
  EXPECT_TRUE(found.first);
  EXPECT_FALSE(w.unlink(op));
  EXPECT_EQ(nullptr, w.signal(true));
  EXPECT_EQ(ending::closed, w.end(false));
  EXPECT_EQ(beginning::closed, w.begin());
  EXPECT_FALSE(w.close().first);
}

TEST(readiness, close_during_an_attempt_is_found_at_its_end) {
  word w;
  w.reset();
  EXPECT_EQ(beginning::attempt, w.begin());
  const word::closing found = w.close();
  EXPECT_EQ(nullptr, found.waiting);
  EXPECT_TRUE(found.in_use);
  EXPECT_EQ(ending::closed, w.end_empty());
  EXPECT_FALSE(w.close().in_use);
}

}  // namespace
}  // namespace jackdaw::reactor
