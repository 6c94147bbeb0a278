// SPDX-License-Identifier: MIT
// A thread that is no worker gives a sleeping runtime something to do 1000 times per second: the
// share of a core that the whole process takes.
#pragma once

#include <chrono>
#include <cstdint>
#include <thread>

#include "../harness/measure.hpp"

namespace posting {

inline constexpr std::chrono::milliseconds period{1};
inline constexpr int posts = 3'000;

/// Calls `post()` every period.
template <class Post>
int share_of_core(Post post) {
  const double cpu = measure::cpu(), wall = measure::wall();
  auto next = std::chrono::steady_clock::now();
  for (int i = 0; i < posts; ++i) {
    post();
    next += period;
    std::this_thread::sleep_until(next);
  }
  const double share = (measure::cpu() - cpu) / (measure::wall() - wall);
  return measure::sample("posts_cpu", share * 100, "%", NAN, true);
}

}  // namespace posting
