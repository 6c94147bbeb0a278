// SPDX-License-Identifier: MIT
// The tasks that a function on another thread has started on behalf of the task that waits for it.
#pragma once

#include <coroutine>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/structured/child.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

/// Children of the waiting task, in the scope that it waits in (S53): its wait ends when the
/// function has returned and all of them have ended, so that none outlives that scope.
///
/// Thread safety: `spawn` and `leave` by the function; the rest by the children.
class visiting_tasks final : private child_owner {
 public:
  /// `host` is the wait of the task.
  explicit visiting_tasks(waiter& host) noexcept : host_(&host) {}
  visiting_tasks(const visiting_tasks&) = delete;
  visiting_tasks& operator=(const visiting_tasks&) = delete;

  /// Starts a child. Its error goes to on_unhandled. Throws std::bad_alloc.
  void spawn(task<void>&& t);

  /// The function has ended. Whoever leaves last grants the wait; nothing of the call may be
  /// touched after this.
  void leave() noexcept {
    // acq_rel: what the function and its children did happens before the task goes on. Partners:
    // each other.
    if (present_.fetch_sub(1, std::memory_order_acq_rel) == 1) grant(*host_);
  }

 private:
  bool child_failed(child_base& c) noexcept override;
  std::coroutine_handle<> child_left() noexcept override;

  waiter* host_;
  std::size_t spawned_ = 0;  // the function's own
  // The function and its children that have not ended. Written by all of them.
  base::atomic<std::uint32_t> present_{1};
};

}  // namespace jackdaw
