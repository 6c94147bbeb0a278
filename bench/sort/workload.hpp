// SPDX-License-Identifier: MIT
// Merge sort of 10^7 integers whose merges are parallel too; std::sort below 4096.
#pragma once

#include <algorithm>
#include <cstddef>
#include <random>
#include <span>
#include <vector>

namespace sorting {

inline constexpr std::size_t count = 10'000'000;
inline constexpr std::size_t leaf = 4096;

using range = std::span<int>;
using sorted_range = std::span<const int>;

inline std::vector<int> numbers() {
  std::mt19937 random(1);
  std::vector<int> all(count);
  for (int& each : all) each = static_cast<int>(random() >> 1);
  return all;
}

/// The same numbers, in order: what a sort must give.
inline std::vector<int> expected() {
  std::vector<int> all = numbers();
  std::sort(all.begin(), all.end());
  return all;
}

inline void merge_leaf(sorted_range a, sorted_range b, range out) {
  std::merge(a.begin(), a.end(), b.begin(), b.end(), out.begin());
}

/// Where to cut two sorted ranges so that all of the first parts go before all of the second.
struct cut {
  std::size_t a, b;
};
inline cut halve(sorted_range a, sorted_range b) {
  if (a.size() >= b.size()) {
    const std::size_t at = a.size() / 2;
    const auto to = std::lower_bound(b.begin(), b.end(), a[at]) - b.begin();
    return {at, static_cast<std::size_t>(to)};
  }
  const std::size_t at = b.size() / 2;
  const auto to = std::upper_bound(a.begin(), a.end(), b[at]) - a.begin();
  return {static_cast<std::size_t>(to), at};
}

}  // namespace sorting
