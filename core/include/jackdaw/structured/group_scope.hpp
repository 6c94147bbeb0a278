// SPDX-License-Identifier: MIT
// The scope of spawned tasks, which can say how many there are; for introspection, because a task
// is not linked to its scope before it parks.
#pragma once

#include <cstddef>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/scope.hpp>

namespace jackdaw {

/// Belongs to a task group or to background tasks, whose counter of live tasks it reads. The
/// counter lives as long as the scope.
class group_scope final : public block_scope {
 public:
  /// The bits of the counter that count tasks.
  static constexpr std::uint64_t live_tasks = 0x7fff'ffff;

  group_scope(scope* parent, task_context* owner, const base::atomic<std::uint64_t>& live) noexcept
      : block_scope(parent, owner), live_(&live) {
    mark_group();
  }

  /// Tasks that have not ended; a snapshot. Any thread that keeps the scope alive.
  [[nodiscard]] std::size_t live() const noexcept {
    return live_->load(std::memory_order_relaxed) & live_tasks;  // a number, orders nothing
  }

 private:
  const base::atomic<std::uint64_t>* live_;
};

}  // namespace jackdaw
