// SPDX-License-Identifier: MIT
// The seed's decisions.
#pragma once

#include <cstdint>

namespace jackdaw::simulated {

/// A sequence of decisions that depends on the seed alone (Steele, Lea and Flood's SplitMix,
/// "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
class dice {
 public:
  explicit dice(std::uint64_t seed) noexcept : state_(seed) {}

  [[nodiscard]] std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  /// 0 to n - 1; the bias of the remainder does not matter here.
  [[nodiscard]] std::uint64_t below(std::uint64_t n) noexcept { return next() % n; }
  /// From `low` to `high`, both included.
  [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high) noexcept {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  [[nodiscard]] bool chance(double p) noexcept {
    return static_cast<double>(next() >> 11) * 0x1p-53 < p;
  }

 private:
  std::uint64_t state_;
};

}  // namespace jackdaw::simulated
