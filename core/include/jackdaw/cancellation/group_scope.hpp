// SPDX-License-Identifier: MIT
// The scope of spawned tasks, which can say how many there are; for introspection, because a task
// is not linked to its scope before it parks.
#pragma once

#include <cstddef>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/scope.hpp>

namespace jackdaw {

class annexes;

/// Belongs to a task group or to background tasks, and asks for their number by `live()` of
/// `counter`, which lives as long as the scope.
/// Members that enrol at the same time on several workers do so in *annexes*: scopes below this one
/// that hold nothing but members of it. They are made when two meet at the lock for the first time.
class group_scope final : public block_scope {
 public:
  template <class Counter>
  group_scope(scope* parent, task_context* owner, const Counter& counter) noexcept
      : block_scope(parent, owner),
        counter_(&counter),
        live_([](const void* c) noexcept { return static_cast<const Counter*>(c)->live(); }) {
    mark_group();
  }
  ~group_scope();

  /// Tasks that have not ended; a snapshot. Any thread that keeps the scope alive.
  [[nodiscard]] std::size_t live() const noexcept { return live_(counter_); }

 private:
  friend class scope;

  /// Locks this scope, or returns the annex that is to be used instead of it.
  [[nodiscard]] scope* lock_or_annex() noexcept;
  [[nodiscard]] annexes* make_annexes() noexcept;
  /// Before the scope itself is closed, which then waits for their last pins too.
  void close_annexes() noexcept;

  // Set once, by whoever meets another one at the lock; freed by the destructor.
  base::atomic<annexes*> annexes_{nullptr};
  const void* counter_;
  std::size_t (*live_)(const void*) noexcept;
};

}  // namespace jackdaw
