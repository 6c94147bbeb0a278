// SPDX-License-Identifier: MIT
// Tests of base::asymmetric_barrier.
#include <jackdaw/base/asymmetric_barrier.hpp>

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace {

using jackdaw::base::asymmetric_barrier;

// The store-buffer test. Without the barriers x86 shows "neither saw the other" within a few
// thousand rounds.
TEST(AsymmetricBarrier, AtLeastOneSideSeesTheOther) {
  asymmetric_barrier::prepare();
  constexpr int rounds = 20'000;
  std::atomic<int> a{0};
  std::atomic<int> b{0};
  std::atomic<int> light_round{0};
  std::atomic<int> heavy_round{0};
  int light_saw = 0;  // handed over by light_round
  std::thread light([&] {
    for (int round = 1; round <= rounds; ++round) {
      while (heavy_round.load(std::memory_order_acquire) < round) std::this_thread::yield();
      a.store(round, std::memory_order_relaxed);
      asymmetric_barrier::light();
      light_saw = b.load(std::memory_order_relaxed);
      light_round.store(round, std::memory_order_release);
    }
  });
  int neither = 0;
  for (int round = 1; round <= rounds; ++round) {
    heavy_round.store(round, std::memory_order_release);
    b.store(round, std::memory_order_relaxed);
    asymmetric_barrier::heavy();
    const int heavy_saw = a.load(std::memory_order_relaxed);
    while (light_round.load(std::memory_order_acquire) < round) std::this_thread::yield();
    if (light_saw != round && heavy_saw != round) ++neither;
  }
  light.join();
  EXPECT_EQ(neither, 0);
}

TEST(AsymmetricBarrier, MayBePreparedAgain) {
  asymmetric_barrier::prepare();
  asymmetric_barrier::prepare();
  asymmetric_barrier::heavy();
}

}  // namespace
