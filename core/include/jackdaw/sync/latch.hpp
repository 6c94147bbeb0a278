// SPDX-License-Identifier: MIT
// A latch for tasks: a count that goes down to zero, once.
#pragma once

#include <cassert>
#include <cstddef>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/sync/event.hpp>

namespace jackdaw {

/// Waits for a number of things to have happened: `done.count_down()` at each of them,
/// `co_await done.wait()` for all. It does not begin anew; `barrier` does. To wait for tasks, use a
/// task group.
///
/// Thread safety: every member from any thread, waiting from any task. The latch may be destroyed
/// as soon as a waiter has returned. Memory ordering: every count_down happens before the return of
/// the waits.
class latch {
 public:
  /// Zero is open at once.
  explicit latch(std::size_t count) noexcept : left_(count) {
    if (count == 0) open_.set();
  }
  latch(const latch&) = delete;
  latch& operator=(const latch&) = delete;

  /// `n` of them have happened: not more than are left. Runs no user code.
  void count_down(std::size_t n = 1) noexcept {
    // release: for the waiters, through the event of the last one; acquire: the last one's partner
    // is everybody else's release. Who is not the last touches nothing afterwards.
    const std::size_t before = left_.fetch_sub(n, std::memory_order_acq_rel);
    assert(before >= n && "a latch was counted down more often than its count");
    if (before == n && n != 0) open_.set();
  }

  /// Has everything happened?
  [[nodiscard]] bool try_wait() const noexcept { return open_.is_set(); }

  /// Waits until everything has happened. A checkpoint; `cancelled` changes nothing.
  event::waiting wait() noexcept { return event::waiting(open_, "latch"); }

 private:
  base::atomic<std::size_t>
      left_;  // written and read by those who count down; partners: each other
  event open_;
};

}  // namespace jackdaw
