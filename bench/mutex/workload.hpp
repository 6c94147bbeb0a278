// SPDX-License-Identifier: MIT
// Four tasks add to one number under a mutex, 250,000 times each.
#pragma once

#include <cstdint>

namespace contention {

inline constexpr std::uint64_t tasks = 4;
inline constexpr std::uint64_t each = 250'000;

}  // namespace contention
