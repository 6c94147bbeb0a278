// SPDX-License-Identifier: MIT
// The budget that keeps a task from running on for ever when nothing that it awaits ever has to
// wait.
#pragma once

#include <jackdaw/lane.hpp>

namespace jackdaw {

/// An operation has completed without suspending. True: that was the last one of this turn, and the
/// awaiter, which keeps its result, must suspend once: `task.end_turn(h)`. A new turn has begun
/// then. Off workers there is no budget.
[[nodiscard]] inline bool turn_used_up() noexcept {
  lane* const here = base::this_lane();
  if (here == nullptr || --here->budget > 0) [[likely]]
    return false;
  here->budget = lane::operations_per_turn;
  return true;
}

}  // namespace jackdaw
