// SPDX-License-Identifier: MIT
// The scope of spawned tasks, which can say how many there are; for introspection, because a task
// is not linked to its scope before it parks.
#pragma once

#include <cstddef>

#include <jackdaw/cancellation/scope.hpp>

namespace jackdaw {

/// Belongs to a task group or to background tasks, and asks for their number by `live()` of
/// `counter`, which lives as long as the scope.
class group_scope final : public block_scope {
 public:
  template <class Counter>
  group_scope(scope* parent, task_context* owner, const Counter& counter) noexcept
      : block_scope(parent, owner),
        counter_(&counter),
        live_([](const void* c) noexcept { return static_cast<const Counter*>(c)->live(); }) {
    mark_group();
  }

  /// Tasks that have not ended; a snapshot. Any thread that keeps the scope alive.
  [[nodiscard]] std::size_t live() const noexcept { return live_(counter_); }

 private:
  const void* counter_;
  std::size_t (*live_)(const void*) noexcept;
};

}  // namespace jackdaw
