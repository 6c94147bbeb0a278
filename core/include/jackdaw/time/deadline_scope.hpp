// SPDX-License-Identifier: MIT
// A cancel scope with a deadline: what the timeout combinators are made of.
#pragma once

#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/cancellation/scope.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/time/clock.hpp>
#include <jackdaw/time/timer.hpp>

namespace jackdaw {

/// Cancels its scope, with cancel_kind::deadline, when the deadline passes. Lives in the frame of a
/// combinator.
///
/// Thread safety: `reschedule`, `deadline` and `expired` from any thread while it is alive; the
/// rest by the owner.
class deadline_scope final : private timer_node {
 public:
  deadline_scope(task_context& owner, clock::time_point deadline,
                 scope::barrier b = scope::barrier::none) noexcept;
  deadline_scope(const deadline_scope&) = delete;
  deadline_scope& operator=(const deadline_scope&) = delete;

  /// Makes it the owner's current scope and starts the clock; a deadline that has passed acts at
  /// once (S38).
  void enter() noexcept;
  /// Stops the clock. Then await close_scope(inner()), then `restore`.
  void stop_clock() noexcept;
  void restore() noexcept { owner_->current = scope_.parent(); }

  /// Moves the deadline. False once it has acted, or after the end.
  bool reschedule(clock::time_point deadline) noexcept;
  [[nodiscard]] clock::time_point deadline() const noexcept;
  /// Has the deadline acted?
  [[nodiscard]] bool expired() const noexcept {
    // relaxed: set before the request is made, so whoever has seen that sees this.
    return expired_.load(std::memory_order_relaxed);
  }

  /// After the end: is a `cancelled` that reached this scope its own doing (S36)? Then it is a
  /// timeout, else it goes on.
  [[nodiscard]] bool caught() noexcept;

  [[nodiscard]] scope& inner() noexcept { return scope_; }

 private:
  enum class state : std::uint8_t { idle, armed, fired, stopped };

  static void fire(timer_node& n) noexcept;
  void expire_now() noexcept;

  block_scope scope_;
  task_context* owner_;
  base::small_mutex lock_;  // guards state_, and the timer's deadline
  state state_ = state::idle;
  base::atomic<bool> expired_{false};    // set once, by whoever lets the deadline act
  base::atomic<std::int64_t> deadline_;  // what was asked for; written under lock_, read by anyone
};

}  // namespace jackdaw
