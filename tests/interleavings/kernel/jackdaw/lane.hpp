// SPDX-License-Identifier: MIT
// Stands in for lane.hpp under the model checker, whose threads are fibers of one thread and would
// share a thread-local: the lane is that of the simulated thread.
#pragma once

#include <cstdint>

#include <jackdaw/base/fork_deque.hpp>
#include <jackdaw/executor.hpp>

namespace jackdaw {

class services;

struct lane {
  explicit lane(any_executor& e, std::uint32_t n = 0) : owner(&e), forks(2), number(n) {}
  static constexpr std::int32_t operations_per_turn = 128;

  any_executor* owner;
  services* env = nullptr;
  base::fork_deque forks;
  std::int32_t budget = operations_per_turn;
  const std::uint32_t number;
  bool answer_due = false;
  void (*on_fork)(lane&) noexcept = [](lane&) noexcept {};
};

namespace base {

inline lane* simulated_lanes[8] = {};
[[nodiscard]] inline lane* this_lane() noexcept { return simulated_lanes[rl::thread_index()]; }
inline void install_lane(lane* l) noexcept { simulated_lanes[rl::thread_index()] = l; }

}  // namespace base
}  // namespace jackdaw
