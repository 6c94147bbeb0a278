// SPDX-License-Identifier: MIT
// The timer wheel; its invariants are at the head of timer_wheel.hpp, the picture in README.md.
#include "timer/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <mutex>

namespace jackdaw::timer {

timer_wheel::timer_wheel(std::int64_t now) noexcept
    : elapsed_(static_cast<tick>(std::max<std::int64_t>(now, 0)) >> tick_bits) {}

timer_wheel::~timer_wheel() {
  assert(levels_ == 0 && pending_.empty() && "timers outlive their wheel");
}

bool timer_wheel::add(timer_node& node) noexcept {
  const tick when = tick_of_deadline(node.deadline);
  const std::lock_guard hold(mutex_);
  // relaxed: written under the mutex that we hold.
  const std::int64_t expiry_before = next_expiry_.load(std::memory_order_relaxed);
  node.queue = this;
  node.removable = true;
  if (when <= elapsed_) {
    pending_.push_back(node);
  } else {
    place(node, when);
  }
  publish_next_expiry();
  return next_expiry_.load(std::memory_order_relaxed) < expiry_before;  // relaxed: as above
}

bool timer_wheel::remove(timer_node& node) noexcept {
  assert(node.queue == this && "the timer was added to another wheel, or to none");
  const std::lock_guard hold(mutex_);
  if (!node.removable) return false;
  node.removable = false;
  list::erase(node);
  mark_if_empty(node.place);  // a pending node's place is outdated, and then this changes nothing
  publish_next_expiry();
  return true;
}

std::size_t timer_wheel::expire(std::int64_t now, std::size_t budget) noexcept {
  const tick target = static_cast<tick>(std::max<std::int64_t>(now, 0)) >> tick_bits;
  std::size_t fired = 0;
  for (bool more = true; more && fired < budget;) {
    list due;
    more = collect_due(target, budget - fired, due);
    while (timer_node* const node = due.pop_front()) {
      ++fired;
      node->expire(*node);
    }
  }
  return fired;
}

// Rounded up, so that nothing fires early. The last tick of all, 2^46, is one that `now` never
// reaches.
timer_wheel::tick timer_wheel::tick_of_deadline(std::int64_t deadline) noexcept {
  const tick at = static_cast<tick>(std::max<std::int64_t>(deadline, 0));
  return (at + (tick{1} << tick_bits) - 1) >> tick_bits;
}

// Looks at no more than 64 nodes for one hold of the lock. Returns whether there may be more to
// look at.
bool timer_wheel::collect_due(tick target, std::size_t room, list& due) noexcept {
  const std::lock_guard hold(mutex_);
  target = std::max(target, elapsed_);  // another caller was here with a later time
  bool more = true;
  for (std::size_t looked = 0; looked != nodes_per_lock_max && room != 0; ++looked) {
    if (pending_.empty() && !advance(target)) {
      more = false;
      break;
    }
    timer_node* const node = pending_.pop_front();
    const tick when = tick_of_deadline(node->deadline);
    if (when > target) {
      place(*node, when);
    } else {
      node->removable = false;
      due.push_back(*node);
      --room;
    }
  }
  publish_next_expiry();
  return more;
}

// Moves time on to the first occupied slot that begins by `target` and empties it into pending_. If
// there is none, to `target`, which keeps invariant 2: no digit above a node's level changes, since
// the node's slot begins after `target`.
bool timer_wheel::advance(tick target) noexcept {
  const tick start = levels_ == 0 ? target + 1 : next_slot_start();
  if (start > target) {
    elapsed_ = target;
    return false;
  }
  elapsed_ = start;
  const auto level = static_cast<std::size_t>(std::countr_zero(levels_));
  const auto slot = static_cast<std::size_t>(std::countr_zero(occupied_[level]));
  const std::size_t emptied = level * slots_per_level + slot;
  slots_[emptied].splice_all_to(pending_);
  mark_if_empty(emptied);
  return true;
}

// The first tick of the nearest occupied slot: by invariant 2 the lowest slot of the lowest level.
timer_wheel::tick timer_wheel::next_slot_start() const noexcept {
  const int level = std::countr_zero(levels_);
  const int shift = level * digit_bits;
  const auto slot = static_cast<tick>(std::countr_zero(occupied_[static_cast<std::size_t>(level)]));
  const tick above = elapsed_ >> (shift + digit_bits) << (shift + digit_bits);
  return above | slot << shift;
}

void timer_wheel::place(timer_node& node, tick when) noexcept {
  assert(when > elapsed_);
  const auto highest_difference = static_cast<unsigned>(std::bit_width(when ^ elapsed_)) - 1;
  const std::size_t level = highest_difference / digit_bits;
  const auto slot = (when >> (level * digit_bits)) % slots_per_level;
  const std::size_t index = level * slots_per_level + slot;
  slots_[index].push_back(node);
  node.place = static_cast<std::uint16_t>(index);
  occupied_[level] |= std::uint64_t{1} << slot;
  levels_ |= 1U << level;
}

// Restores invariant 3 after a node has left the slot.
void timer_wheel::mark_if_empty(std::size_t place) noexcept {
  if (!slots_[place].empty()) return;
  const std::size_t level = place / slots_per_level;
  occupied_[level] &= ~(std::uint64_t{1} << place % slots_per_level);
  if (occupied_[level] == 0) levels_ &= ~(1U << level);
}

void timer_wheel::publish_next_expiry() noexcept {
  constexpr tick ticks_end = tick{1} << (63 - tick_bits);
  std::int64_t next = never;
  if (!pending_.empty()) {
    next = static_cast<std::int64_t>(elapsed_ << tick_bits);
  } else if (levels_ != 0) {
    const tick start = next_slot_start();
    if (start < ticks_end) next = static_cast<std::int64_t>(start << tick_bits);
  }
  // relaxed: the mutex orders the writers, and readers take it as a hint.
  if (next_expiry_.load(std::memory_order_relaxed) != next) {
    next_expiry_.store(next, std::memory_order_relaxed);
  }
}

}  // namespace jackdaw::timer
