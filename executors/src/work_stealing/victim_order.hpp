// SPDX-License-Identifier: MIT
// In which order a thief looks at the other workers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "work_stealing/whereabouts.hpp"

namespace jackdaw::work_stealing {

/// A worker's orders of the others, each of them once. `random` has 16 bits and says where an
/// order begins.
///
/// Thread safety: one thread.
class victim_order {
 public:
  using order = std::span<const std::uint32_t>;

  victim_order(std::uint32_t workers, std::uint32_t self);

  /// From any one on.
  [[nodiscard]] order from(std::uint32_t random) const noexcept {
    return order(twice_).subspan(share(random, others()), others());
  }
  /// Those of the same cache first, then those of the same node, then the rest; of each from any
  /// one on. The order is good until the next call. Only where whereabouts matter.
  [[nodiscard]] order nearest_first(const whereabouts& places, std::uint32_t random) noexcept;

 private:
  [[nodiscard]] std::size_t others() const noexcept { return distances_.size(); }
  [[nodiscard]] static std::size_t share(std::uint32_t random, std::size_t of) noexcept {
    return (random * of) >> 16;
  }

  const std::uint32_t self_;
  std::vector<std::uint32_t> twice_;  // all others, and once more, so that each order is a part
  std::vector<std::uint32_t> nearest_;
  std::vector<std::uint8_t> distances_;  // of the others, as they were when looked at
};

}  // namespace jackdaw::work_stealing
