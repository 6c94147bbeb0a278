// SPDX-License-Identifier: MIT
// 10^6 tasks that sleep: until all of them do, until all have been cancelled and joined, and, for
// others with a deadline in common, from that deadline until all have ended.
#pragma once

#include <chrono>
#include <cstdint>

namespace sleeping {

inline constexpr std::uint64_t tasks = 1'000'000;
inline constexpr std::chrono::hours long_time{1};
inline constexpr std::chrono::seconds lead{4};  ///< from the first spawn to the deadline

}  // namespace sleeping
