// SPDX-License-Identifier: MIT
// Counted permits and the tasks that wait for one: what mutex and semaphore are made of.
//
// One word, `state_`, says how many permits are free (0 or more), or that none is and tasks may be
// waiting (`queued`). Whoever sees a count changes it by compare-and-swap and needs no lock; the
// lock of the waiter table guards the list and every way out of `queued`.
// Invariants
//  1. There are waiters only while the word is `queued`; then no permit is free, so that nobody
//     overtakes them (S29).
//  2. A permit that is given back while somebody waits goes to the first waiter, under the lock,
//     and is never free in between (S28). A canceller that comes later finds the waiter unlinked
//     and leaves it its permit.
//  3. The operation that gives a permit back touches nothing of the queue after the permit can be
//     seen by others: the next owner may destroy the queue.
#pragma once

#include <coroutine>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/cancellation/turn.hpp>

namespace jackdaw {

/// Permits in a first-come, first-served queue. Use `semaphore` or `mutex`, which cannot leak one.
///
/// Thread safety: `try_take` and `give` from any thread; awaiting from any task. Memory ordering:
/// a `give` happens before the return of the take that receives its permit.
class permit_queue {
 public:
  explicit permit_queue(std::int64_t permits) noexcept : state_(permits) {}
  permit_queue(const permit_queue&) = delete;
  permit_queue& operator=(const permit_queue&) = delete;

  /// Takes a permit if one is free, that is, owed to nobody.
  [[nodiscard]] bool try_take() noexcept {
    // acquire: pairs with the release of the give() that made the permit free.
    std::int64_t seen = state_.load(std::memory_order_relaxed);  // the exchange acquires
    while (seen > 0) {
      if (state_.compare_exchange_weak(seen, seen - 1, std::memory_order_acquire,
                                       std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  /// Gives a permit back: to the first waiter, if there is one.
  void give() noexcept {
    std::int64_t seen = state_.load(std::memory_order_relaxed);  // only a guess for the exchange
    while (seen >= 0) {
      // release: pairs with the acquire in try_take().
      if (state_.compare_exchange_weak(seen, seen + 1, std::memory_order_release,
                                       std::memory_order_relaxed)) {
        return;
      }
    }
    give_to_waiter();
  }

  /// Permits that are free; a snapshot.
  [[nodiscard]] std::int64_t available() const noexcept {
    const std::int64_t seen = state_.load(std::memory_order_relaxed);  // a snapshot orders nothing
    return seen > 0 ? seen : 0;
  }

  /// Takes a permit, waiting for it if need be. A cancelled one has taken none.
  class awaiter : public list_waiter {
   public:
    awaiter(permit_queue& q, task_context& t, const char* what) noexcept
        : list_waiter(t, &q, q.waiters_, what), queue_(&q) {}

    bool await_ready() noexcept {
      if (stop_requested()) return true;
      if (!queue_->try_take()) return false;
      taken_ = true;
      return !turn_used_up();
    }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      if (!taken_) return park(h, [q = queue_] { return q->take_or_queue(); });
      task().end_turn(h);
      return true;
    }

   protected:
    ~awaiter() = default;

   private:
    permit_queue* queue_;
    bool taken_ = false;  // already, but the turn is used up
  };

  /// Takes a permit in any case: no checkpoint, and no request ends the wait.
  class insistent_awaiter : public list_waiter {
   public:
    insistent_awaiter(permit_queue& q, task_context& t, const char* what) noexcept
        : list_waiter(t, &q, q.waiters_, what), queue_(&q) {}

    bool await_ready() noexcept { return queue_->try_take(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return park_insistently(h, [q = queue_] { return q->take_or_queue(); });
    }

   protected:
    ~insistent_awaiter() = default;

   private:
    permit_queue* queue_;
  };

 private:
  static constexpr std::int64_t queued = -1;

  [[nodiscard]] bool take_or_queue() noexcept;
  void give_to_waiter() noexcept;

  // Free permits, or `queued`. Written by everyone who takes and gives; partners: each other.
  base::atomic<std::int64_t> state_;
  waiter_list waiters_;  // guarded by waiter_lock(this)
};

}  // namespace jackdaw
