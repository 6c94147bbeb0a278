// SPDX-License-Identifier: MIT
// An event for tasks: a flag that can be waited for.
//
// `state_`: unset, awaited (unset, and tasks may be waiting), set. Only a set() without waiters
// does without the lock of the waiter table. Invariants
//  1. There are waiters of the present round only while the word is `awaited`.
//  2. set() wakes the waiters of the rounds up to its own. It takes all of them out, a batch per
//     lock hold, before it wakes the first: as long as one is still to be woken the event is alive,
//     and after the first wake-up the event is not touched.
#pragma once

#include <coroutine>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/cancellation/turn.hpp>

namespace jackdaw {

/// A flag that tasks wait for: `co_await e.wait()` returns once it is set, at once if it is. It
/// stays set until `clear`. To hand over a value use `channel`; to wait for a task await its
/// handle.
///
/// Thread safety: every member from any thread, waiting from any task. The event may be destroyed
/// as soon as a waiter has returned, even if `set` has not. Memory ordering: a `set` happens before
/// the return of the waits that it ends.
class event {
 public:
  event() noexcept = default;
  event(const event&) = delete;
  event& operator=(const event&) = delete;

  /// Sets the flag and wakes all who wait. Any thread; runs no user code.
  void set() noexcept {
    std::uint8_t expected = unset;
    // release: pairs with the acquire in is_set(). relaxed: on failure set_slowly looks again.
    if (!state_.compare_exchange_strong(expected, now_set, std::memory_order_release,
                                        std::memory_order_relaxed) &&
        expected != now_set) {
      set_slowly();
    }
  }
  /// Resets the flag; those who begin to wait later wait for the next set().
  void clear() noexcept;
  [[nodiscard]] bool is_set() const noexcept {
    return state_.load(std::memory_order_acquire) == now_set;  // partner: the releases of set()
  }

  class awaiter final : public list_waiter {
   public:
    awaiter(event& e, task_context& t, const char* what) noexcept
        : list_waiter(t, &e, e.waiters_, what), event_(&e) {}

    bool await_ready() noexcept {
      if (stop_requested()) return true;
      if (!event_->is_set()) return false;
      was_set_ = true;
      return !turn_used_up();
    }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      if (!was_set_) return park(h, [this] { return event_->join_round(*this); });
      task().end_turn(h);
      return true;
    }
    void await_resume() const { throw_if_cancelled(); }

   private:
    friend class event;
    event* event_;
    std::uint64_t round_ = 0;  // of clear(), in which it began to wait
    bool was_set_ = false;     // already, but the turn is used up
  };
  class [[nodiscard("write co_await e.wait()")]] waiting {
   public:
    /// `what` is waited for, for introspection: a literal.
    explicit waiting(event& e, const char* what = "event") noexcept : event_(&e), what_(what) {}
    awaiter bind(task_context& t) const noexcept { return awaiter(*event_, t, what_); }

   private:
    event* event_;
    const char* what_;
  };

  /// Waits until the flag is set. A checkpoint; `cancelled` has no effect on the event.
  waiting wait() noexcept { return waiting(*this); }

 private:
  static constexpr std::uint8_t unset = 0;
  static constexpr std::uint8_t awaited = 1;
  static constexpr std::uint8_t now_set = 2;

  void set_slowly() noexcept;
  [[nodiscard]] bool join_round(awaiter& w) noexcept;

  // unset -> set without the lock, everything else under it. Readers: everyone; see is_set.
  base::atomic<std::uint8_t> state_{unset};
  std::uint64_t round_ = 0;  // number of clear()s; guarded by waiter_lock(this)
  waiter_list waiters_;      // guarded by waiter_lock(this)
};

}  // namespace jackdaw
