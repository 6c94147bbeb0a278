// SPDX-License-Identifier: MIT
#include "histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace load {

// Values below 128 have a bucket each. Above, the seven bits after the leading one choose the part.
std::size_t histogram::index_of(std::uint64_t value) {
  if (value < parts) return value;
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - part_bits;
  return (shift + 1) * parts + ((value >> shift) - parts);
}

std::uint64_t histogram::highest_at(std::size_t index) {
  if (index < parts) return index;
  const std::uint64_t shift = index / parts - 1;
  const std::uint64_t leading = index % parts + parts;
  return ((leading + 1) << shift) - 1;
}

void histogram::add(std::chrono::nanoseconds duration) {
  const std::int64_t value = std::max<std::int64_t>(0, duration.count());
  ++counts_[index_of(static_cast<std::uint64_t>(value))];
  ++count_;
  max_ = std::max(max_, value);
}

void histogram::merge(const histogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::chrono::nanoseconds histogram::percentile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= wanted && seen != 0)
      return std::chrono::nanoseconds(std::min(static_cast<std::int64_t>(highest_at(i)), max_));
  }
  return std::chrono::nanoseconds(0);
}

}  // namespace load
