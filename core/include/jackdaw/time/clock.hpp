// SPDX-License-Identifier: MIT
// The clock of every deadline and sleep.
#pragma once

#include <chrono>

namespace jackdaw {

/// The clock of every deadline and sleep: monotonic (CLOCK_MONOTONIC), in nanoseconds, untouched by
/// changes of the wall clock. In a simulation its time is virtual. Meets the standard's Clock
/// requirements. Thread safety: `now` may be called from any thread.
struct clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<clock>;
  static constexpr bool is_steady = true;

  [[nodiscard]] static time_point now() noexcept;
};

}  // namespace jackdaw
