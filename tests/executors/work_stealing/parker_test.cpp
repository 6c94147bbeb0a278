// SPDX-License-Identifier: MIT
// Tests of work_stealing::parker.
#include "work_stealing/parker.hpp"

#include <cstdint>
#include <limits>
#include <thread>

#include <gtest/gtest.h>
#include <jackdaw/time/clock.hpp>

namespace {

using jackdaw::work_stealing::parker;

std::int64_t now() { return jackdaw::clock::now().time_since_epoch().count(); }

TEST(Parker, ReturnsAtOnceIfItWasUnparkedBefore) {
  parker p;
  p.unpark();
  p.park();
  p.unpark();
  EXPECT_TRUE(p.park_until(std::numeric_limits<std::int64_t>::max()));
}

TEST(Parker, TokensDoNotAddUp) {
  parker p;
  p.unpark();
  p.unpark();
  p.park();
  EXPECT_FALSE(p.park_until(0));
}

TEST(Parker, SleepsUntilTheDeadlineAndNotLess) {
  parker p;
  const std::int64_t deadline = now() + 2'000'000;
  EXPECT_FALSE(p.park_until(deadline));
  EXPECT_GE(now(), deadline);
}

TEST(Parker, ADeadlineInThePastReturnsAtOnce) {
  parker p;
  EXPECT_FALSE(p.park_until(-1));
  EXPECT_FALSE(p.park_until(std::numeric_limits<std::int64_t>::min()));
}

TEST(Parker, LosesNoUnparkInAPingPong) {
  constexpr int rounds = 20'000;
  parker ping;
  parker pong;
  int ball = 0;  // plain: each unpark happens before the park that it ends
  std::thread other([&] {
    for (int i = 0; i != rounds; ++i) {
      ping.park();
      ++ball;
      pong.unpark();
    }
  });
  for (int i = 0; i != rounds; ++i) {
    ping.unpark();
    pong.park();
    ASSERT_EQ(ball, i + 1);
  }
  other.join();
}

}  // namespace
