// SPDX-License-Identifier: MIT
// How often the threads of a runtime wake up while its only task sleeps for long.
#pragma once

#include <chrono>
#include <cstdint>
#include <thread>

#include "../harness/measure.hpp"
#include "../harness/switches.hpp"

namespace idleness {

inline constexpr std::chrono::seconds settle{1}, watched{3};
inline constexpr std::chrono::seconds sleep{10};  ///< of the task

/// To be called while the task sleeps, by a thread that is no worker.
inline int count() {
  std::this_thread::sleep_for(settle);
  const std::uint64_t before = measure::switches_of_others();
  const double cpu = measure::cpu();
  std::this_thread::sleep_for(watched);
  const auto woken = static_cast<double>(measure::switches_of_others() - before);
  const auto seconds = static_cast<double>(watched.count());
  return measure::sample("idle_wakeups", woken / seconds, "per_s", NAN, true) +
         measure::sample("idle_cpu", (measure::cpu() - cpu) / seconds * 100, "%", NAN, true);
}

}  // namespace idleness
