// SPDX-License-Identifier: MIT
#include "simulation/timeline.hpp"

#include <algorithm>
#include <cstdint>

namespace jackdaw::simulated {

void timeline::add(timer_node& node) noexcept {
  const std::uint64_t order = (dice_->next() & ~std::uint64_t{UINT32_MAX}) | ++added_;
  node.queue = reinterpret_cast<void*>(order);
  node.removable = true;
  timers_.emplace(key(node.deadline, order), &node);
}

bool timeline::remove(timer_node& node) noexcept {
  if (!node.removable) return false;
  node.removable = false;
  timers_.erase(key(node.deadline, reinterpret_cast<std::uint64_t>(node.queue)));
  return true;
}

void timeline::advance_to(std::int64_t t) noexcept { now_ = std::max(now_, t); }

void timeline::fire_one() noexcept {
  timer_node& node = *timers_.begin()->second;
  timers_.erase(timers_.begin());
  node.removable = false;
  node.expire(node);
}

}  // namespace jackdaw::simulated
