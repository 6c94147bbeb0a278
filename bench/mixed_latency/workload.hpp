// SPDX-License-Identifier: MIT
// A task of 10 us that is started every millisecond among fan-outs: from its start until its end is
// seen. Two tasks fan out to 100 children of 20 us, rest for 4 ms, and do so again, so two workers
// are busy for some 40 % of the time, and a fan-out is in the way of every third probe or so.
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "../harness/measure.hpp"

namespace mixed {

inline constexpr std::size_t fan_outs = 2;
inline constexpr std::size_t children = 100;
inline constexpr double child_seconds = 20e-6;
inline constexpr double probe_seconds = 10e-6;
inline constexpr std::chrono::milliseconds period{1};
inline constexpr std::chrono::milliseconds rest{4};
inline constexpr std::size_t probes = 3'000;

inline void compute(double seconds) {
  const double end = measure::wall() + seconds;
  while (measure::wall() < end) {
  }
}

inline int report(std::vector<double>& microseconds) {
  int wrong = 0;
  for (const auto& [name, share] :
       {std::pair("mixed_p50", 0.5), std::pair("mixed_p99", 0.99), std::pair("mixed_p99.9", 0.999)})
    wrong += measure::sample(name, measure::quantile(microseconds, share), "us", NAN,
                             microseconds.size() == probes);
  return wrong;
}

}  // namespace mixed
