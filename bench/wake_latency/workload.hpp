// SPDX-License-Identifier: MIT
// From a post by a foreign thread until the function runs on a worker that slept, 1000 times.
#pragma once

#include <chrono>
#include <thread>
#include <vector>

#include "../harness/measure.hpp"

namespace waking {

inline constexpr int posts = 1'000;
inline constexpr std::chrono::milliseconds rest{2};  ///< long enough for all workers to fall asleep

/// `post_and_wait()` gives the time at which what it posted ran, once that is over.
template <class PostAndWait>
int latency(PostAndWait post_and_wait) {
  std::vector<double> microseconds;
  for (int i = 0; i < posts; ++i) {
    std::this_thread::sleep_for(rest);
    const double before = measure::wall();
    microseconds.push_back((post_and_wait() - before) * 1e6);
  }
  return measure::sample("wake_p50", measure::quantile(microseconds, 0.5), "us", NAN, true) +
         measure::sample("wake_p99", measure::quantile(microseconds, 0.99), "us", NAN, true);
}

}  // namespace waking
