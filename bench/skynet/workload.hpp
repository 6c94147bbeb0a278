// SPDX-License-Identifier: MIT
// Skynet: a tree of fan-out 10 with 10^8 leaves; the sum of their numbers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skynet {

inline constexpr std::size_t fan_out = 10;
inline constexpr std::uint64_t leaves = 100'000'000;
inline constexpr std::uint64_t expected = leaves * (leaves - 1) / 2;

}  // namespace skynet
