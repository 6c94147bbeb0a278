// SPDX-License-Identifier: MIT
// What 10^6 tasks take that wait for an event, and 10^6 more that sleep: resident bytes for each.
#pragma once

#include <cstdint>

#include "../harness/measure.hpp"

namespace resident {

inline constexpr std::uint64_t tasks = 1'000'000;

/// Prints by how much the process has grown since it had `before` MiB.
inline int growth(const char* name, double before) {
  const double bytes = (measure::memory("VmRSS") - before) * 1024 * 1024;
  return measure::sample(name, bytes / static_cast<double>(tasks), "B", NAN, true);
}

}  // namespace resident
