// SPDX-License-Identifier: MIT
// random: reproducible randomness for stress tests, whose seed is printed when a test fails.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>

namespace support {

/// Of the test that runs: JACKDAW_TEST_SEED if it is set, else a new one.
inline std::uint64_t test_seed() {
  const char* const wanted = std::getenv("JACKDAW_TEST_SEED");
  if (wanted != nullptr) return std::strtoull(wanted, nullptr, 10);
  return std::random_device{}();
}

/// A generator that is good enough to choose interleavings (Vigna's splitmix64).
class random {
 public:
  explicit random(std::uint64_t seed) noexcept : state_(seed) {}
  /// 0 to n - 1.
  std::uint32_t below(std::uint32_t n) noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return static_cast<std::uint32_t>(((z ^ (z >> 31)) >> 32) % n);
  }

 private:
  std::uint64_t state_;
};

}  // namespace support
