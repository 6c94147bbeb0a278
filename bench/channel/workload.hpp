// SPDX-License-Identifier: MIT
// 10^6 items through one channel of 1024: from one task to another, and from two to two.
#pragma once

#include <cstddef>
#include <cstdint>

namespace channels {

inline constexpr std::size_t capacity = 1024;
inline constexpr std::uint64_t items = 1'000'000;
inline constexpr std::uint64_t expected = items * (items - 1) / 2;

}  // namespace channels
