// SPDX-License-Identifier: MIT
// Virtual time, and the timers in it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include <jackdaw/time/timer.hpp>

#include "simulation/dice.hpp"
#include "simulation/own_memory.hpp"

namespace jackdaw::simulated {

/// Timers fire when they are told to, one at a time, in the order of their deadlines; the dice
/// order those of the same deadline. Time moves when it is told to.
///
/// Thread safety: none; the simulation's thread.
class timeline final : public timer_service {
 public:
  static constexpr std::int64_t never = INT64_MAX;

  explicit timeline(dice& d) noexcept : dice_(&d) {}

  void add(timer_node& node) noexcept override;
  [[nodiscard]] bool remove(timer_node& node) noexcept override;
  [[nodiscard]] std::int64_t now() const noexcept override { return now_; }

  /// The next deadline, or `never`.
  [[nodiscard]] std::int64_t next() const noexcept {
    return timers_.empty() ? never : timers_.begin()->first.first;
  }
  [[nodiscard]] bool any_due() const noexcept { return next() <= now_; }
  /// Lets time pass; it never goes back.
  void advance_to(std::int64_t t) noexcept;
  /// Fires the first of those that are due.
  void fire_one() noexcept;

  /// A timer `delay` from now.
  void add_after(timer_node& node, std::int64_t delay) noexcept {
    node.deadline = now_ + delay;
    add(node);
  }

 private:
  using key = std::pair<std::int64_t, std::uint64_t>;  // deadline, and the order among equals
  using map =
      std::map<key, timer_node*, std::less<>, own_memory<std::pair<const key, timer_node*>>>;

  static constexpr std::int64_t beginning = 3'600'000'000'000;  // deadlines before it are possible

  dice* dice_;
  map timers_;
  std::int64_t now_ = beginning;
  std::uint32_t added_ = 0;
};

}  // namespace jackdaw::simulated
