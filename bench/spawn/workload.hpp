// SPDX-License-Identifier: MIT
// Spawn 10^6 tasks and join each: all at once, and a thousand at a time.
#pragma once

#include <cstdint>

namespace spawning {

inline constexpr std::uint64_t tasks = 1'000'000;
inline constexpr std::uint64_t batch = 1'000;

/// Task i returns i; this is the sum of n.
constexpr std::uint64_t sum_below(std::uint64_t n) { return n * (n - 1) / 2; }

}  // namespace spawning
