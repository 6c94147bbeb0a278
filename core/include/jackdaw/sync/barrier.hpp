// SPDX-License-Identifier: MIT
// A barrier for tasks: a number of them wait for each other, again and again.
//
// Invariants, under the lock of the waiter table
//  1. `arrived_` is the number of waiters of the present phase; it is less than `parties_`.
//  2. Who arrives last ends the phase, and from then on none of its waiters can withdraw: each of
//     them is woken normally, also one that is cancelled before it has been taken out of the list.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>

#include <jackdaw/cancellation/park.hpp>

namespace jackdaw {

/// A meeting point for a fixed number of tasks: `co_await b.arrive_and_wait()` returns when all of
/// them have arrived, and the next phase begins.
///
/// A task that is cancelled while it waits withdraws its arrival (S33): the others wait for another
/// one in its place. To end them too, cancel their group.
///
/// Thread safety: every member from any task on any thread. The barrier may be destroyed when the
/// last waiter of its last phase has returned. Memory ordering: every arrival of a phase happens
/// before the returns that it leads to.
class barrier {
 public:
  /// Throws std::invalid_argument if `parties` is zero.
  explicit barrier(std::size_t parties);
  barrier(const barrier&) = delete;
  barrier& operator=(const barrier&) = delete;

  class awaiter final : public waiter {
   public:
    awaiter(barrier& b, task_context& t) noexcept : waiter(t, withdraw, "barrier"), barrier_(&b) {}

    bool await_ready() noexcept { return stop_requested(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept;
    bool await_resume() const {
      throw_if_cancelled();
      return last_;
    }

   private:
    friend class barrier;
    static bool withdraw(waiter& w) noexcept;

    barrier* barrier_;
    std::uint64_t phase_ = 0;  // in which it has arrived; guarded by waiter_lock(barrier_)
    bool last_ = false;
  };
  class [[nodiscard("write co_await b.arrive_and_wait()")]] arrival {
   public:
    explicit arrival(barrier& b) noexcept : barrier_(&b) {}
    awaiter bind(task_context& t) const noexcept { return awaiter(*barrier_, t); }

   private:
    barrier* barrier_;
  };

  /// Arrives, and waits for the others. True for one task of each phase: the last to arrive. A
  /// checkpoint; `cancelled` means that the arrival does not count.
  arrival arrive_and_wait() noexcept { return arrival(*this); }

  /// How many tasks meet.
  [[nodiscard]] std::size_t parties() const noexcept { return parties_; }
  /// How many have arrived and wait; a snapshot.
  [[nodiscard]] std::size_t waiting() const noexcept;

 private:
  [[nodiscard]] bool arrive(awaiter& a) noexcept;
  void release(std::uint64_t phase) noexcept;

  const std::size_t parties_;
  std::size_t arrived_ = 0;  // these three are guarded by waiter_lock(this)
  std::uint64_t phase_ = 0;
  waiter_list waiters_;
};

}  // namespace jackdaw
