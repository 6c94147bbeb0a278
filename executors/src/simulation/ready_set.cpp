// SPDX-License-Identifier: MIT
#include "simulation/ready_set.hpp"

#include <algorithm>

namespace jackdaw::simulated {

void ready_set::add(work& w, std::uint64_t priority) noexcept {
  entries_.push_back({priority, &w});
  if (by_priority_) std::push_heap(entries_.begin(), entries_.end());
}

work& ready_set::take_highest() noexcept {
  std::pop_heap(entries_.begin(), entries_.end());
  work& w = *entries_.back().what;
  entries_.pop_back();
  return w;
}

work& ready_set::take_at(std::size_t index) noexcept {
  work& w = *entries_[index].what;
  entries_[index] = entries_.back();
  entries_.pop_back();
  return w;
}

}  // namespace jackdaw::simulated
