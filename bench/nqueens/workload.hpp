// SPDX-License-Identifier: MIT
// All ways to place 14 queens: a tree that nobody can balance beforehand. Boards are arrays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace queens {

inline constexpr std::size_t size = 14;
inline constexpr std::uint64_t expected = 365'596;

/// The column of the queen in each row; rows from `placed` on mean nothing.
using board = std::array<std::int8_t, size>;

/// May row `placed` have its queen in `column`?
inline bool fits(const board& b, std::size_t placed, std::size_t column) {
  for (std::size_t row = 0; row < placed; ++row) {
    const auto other = static_cast<std::size_t>(b[row]);
    const std::size_t distance = placed - row;
    if (other == column || other + distance == column || column + distance == other) return false;
  }
  return true;
}

inline board with_queen(board b, std::size_t placed, std::size_t column) {
  b[placed] = static_cast<std::int8_t>(column);
  return b;
}

}  // namespace queens
