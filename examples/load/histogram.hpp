// SPDX-License-Identifier: MIT
// A histogram of durations with a bounded relative error, in constant memory.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace load {

/// Log-linear counting, after the idea of G. Tene's HDR histogram: each power of two is cut into
/// 128 equal parts, so a percentile is at most 1/128 above the true one. Nanoseconds; no thread
/// safety: one per sender, merged at the end.
class histogram {
 public:
  void add(std::chrono::nanoseconds duration);
  void merge(const histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::chrono::nanoseconds max() const { return std::chrono::nanoseconds(max_); }

  /// The duration that this share (0 .. 1) of all is not above; zero when nothing was added.
  [[nodiscard]] std::chrono::nanoseconds percentile(double share) const;

 private:
  static constexpr unsigned part_bits = 7;
  static constexpr std::uint64_t parts = 1u << part_bits;

  static std::size_t index_of(std::uint64_t value);
  static std::uint64_t highest_at(std::size_t index);

  std::array<std::uint64_t, (64 - part_bits + 1) * parts> counts_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace load
