// SPDX-License-Identifier: MIT
// A thread that is no worker starts 10^6 tasks and waits for all.
#pragma once

#include <cstdint>

namespace foreign {

inline constexpr std::uint64_t tasks = 1'000'000;
inline constexpr std::uint64_t expected = tasks * (tasks - 1) / 2;

}  // namespace foreign
