// SPDX-License-Identifier: MIT
// A number that grows, and the tasks that wait until it passes the one that they know: what watch
// and broadcast are made of.
//
// Everything is guarded by the lock of the waiter table, waiter_lock(this), which also guards what
// its owner publishes under the numbers.
// Invariants
//  1. Who waits knows the present number, so the list is in the order of what its waiters know.
//  2. An advance takes out those who waited before it, a batch per lock hold, before it wakes the
//     first: as long as one is still to be woken the sequence is alive.
#pragma once

#include <coroutine>
#include <cstdint>

#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/cancellation/turn.hpp>

namespace jackdaw {

/// Numbered publications. Use `watch` or `broadcast`.
class sequence {
 public:
  sequence() noexcept = default;
  sequence(const sequence&) = delete;
  sequence& operator=(const sequence&) = delete;

  /// Under the lock: publications so far; is it over?
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  [[nodiscard]] bool closed() const noexcept { return closed_; }

  /// Under the lock, which it releases: counts a publication and wakes those who waited for it.
  void advance_and_unlock() noexcept;
  /// The same: there will be no more.
  void close_and_unlock() noexcept;

  /// Waits until there is a publication after `known`, or will never be one. A cancelled one has
  /// seen nothing.
  class awaiter : public list_waiter {
   public:
    awaiter(sequence& s, std::uint64_t known, task_context& t, const char* what) noexcept
        : list_waiter(t, &s, s.waiters_, what), sequence_(&s), known_(known) {}

    bool await_ready() noexcept { return stop_requested(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      if (park(h, [this] { return sequence_->number_ != known_ || sequence_->closed_; })) {
        return true;
      }
      if (was_cancelled() || !turn_used_up()) return false;
      task().end_turn(h);
      return true;
    }

   protected:
    ~awaiter() = default;

   private:
    friend class sequence;
    sequence* sequence_;
    const std::uint64_t known_;
  };

 private:
  void wake_and_unlock() noexcept;

  std::uint64_t number_ = 0;
  bool closed_ = false;
  waiter_list waiters_;
};

}  // namespace jackdaw
