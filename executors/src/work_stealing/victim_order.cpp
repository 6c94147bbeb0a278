// SPDX-License-Identifier: MIT
#include "work_stealing/victim_order.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace jackdaw::work_stealing {

victim_order::victim_order(std::uint32_t workers, std::uint32_t self)
    : self_(self), nearest_(workers - 1), distances_(workers - 1) {
  for (int round = 0; round != 2; ++round) {
    for (std::uint32_t other = 0; other != workers; ++other) {
      if (other != self) twice_.push_back(other);
    }
  }
}

// Each distance is read once: the workers move, and one that did so between two looks at it would
// be left out, or listed twice.
victim_order::order victim_order::nearest_first(const whereabouts& places,
                                                std::uint32_t random) noexcept {
  std::array<std::size_t, 4> begin{};  // of the victims at each distance; and the end
  for (std::size_t i = 0; i != others(); ++i) {
    distances_[i] = places.distance(self_, twice_[i]);
    for (std::size_t farther = distances_[i] + 1U; farther != begin.size(); ++farther)
      ++begin[farther];
  }
  std::array<std::size_t, 4> next = begin;
  for (std::size_t i = 0; i != others(); ++i) nearest_[next[distances_[i]]++] = twice_[i];
  for (std::size_t d = 0; d != begin.size() - 1; ++d) {
    const std::span alike = std::span(nearest_).subspan(begin[d], begin[d + 1] - begin[d]);
    const auto start = static_cast<std::ptrdiff_t>(share(random, alike.size()));
    std::rotate(alike.begin(), alike.begin() + start, alike.end());
  }
  return nearest_;
}

}  // namespace jackdaw::work_stealing
