// SPDX-License-Identifier: MIT
// One value, once, from anyone to one task.
//
// `word_`: empty (nothing yet), the address of the receiver that waits, sent, closed, or taken.
// Invariants
//  1. Only the sending side makes it sent or closed, once, and touches nothing of the oneshot
//     afterwards: the receiver that sees it may destroy the oneshot.
//  2. Only a receiver writes its address, by compare-and-swap from empty, and only it or its
//     canceller takes it back; a sender that finds it there grants it.
//  3. `value_` is written before `sent` and read after it.
#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/cancellation/turn.hpp>
#include <jackdaw/sync/channel_closed.hpp>

namespace jackdaw {

/// Hands one value to one task: `o.send(v)` here, `T v = co_await o.receive();` there. It allocates
/// nothing: put it into a frame that outlives both sides, or share one through std::make_shared.
/// Several values want a `channel`, several receivers a `watch`, and a callback that may be dropped
/// wants `suspend`, which notices that.
///
/// Thread safety: one thread, worker or not, calls `send` or `close`, and one task receives. The
/// oneshot may be destroyed as soon as `receive` has returned, even if `send` has not. Memory
/// ordering: the send happens before the return of the receive.
template <class T>
class oneshot {
 public:
  oneshot() noexcept {}
  oneshot(const oneshot&) = delete;
  oneshot& operator=(const oneshot&) = delete;

  /// Sends the value and wakes the receiver. Any thread; runs no user code but T's move
  /// constructor. Throws std::logic_error if it was sent or closed before, and what that
  /// constructor throws; then nothing was sent.
  void send(T v) {
    if (settled(word_.load(std::memory_order_relaxed))) {  // only the sending side settles it
      throw std::logic_error(
          "jackdaw: this oneshot was sent or closed already; make a new one for each value");
    }
    value_.emplace(std::move(v));
    settle(sent);
  }

  /// Says that no value will come: the receiver gets channel_closed. Does nothing after a send. Any
  /// thread.
  void close() noexcept {
    if (!settled(word_.load(std::memory_order_relaxed))) settle(closed);  // as in send()
  }

  class awaiter final : public waiter {
   public:
    awaiter(oneshot& from, task_context& t) noexcept : waiter(t, unlink, "oneshot"), from_(&from) {}

    bool await_ready() noexcept {
      if (stop_requested()) return true;
      if (!settled(from_->word_.load(std::memory_order_relaxed))) return false;  // take() acquires
      settled_ = true;
      return !turn_used_up();
    }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      if (!settled_) return park_published(*this, h, [this] { return announce(); });
      task().end_turn(h);
      return true;
    }
    T await_resume() {
      throw_if_cancelled();
      return from_->take();
    }

   private:
    // False: it is settled, or another receiver waits.
    bool announce() noexcept {
      std::uintptr_t expected = empty;
      // release: the waiter's fields, for the exchange in settle(). relaxed: take() acquires.
      return from_->word_.compare_exchange_strong(
          expected, address(*this), std::memory_order_release, std::memory_order_relaxed);
    }
    static bool unlink(waiter& w) noexcept {
      std::uintptr_t expected = address(w);
      // relaxed: takes back, publishes nothing; on failure the sender has the waiter.
      return static_cast<awaiter&>(w).from_->word_.compare_exchange_strong(
          expected, empty, std::memory_order_relaxed, std::memory_order_relaxed);
    }
    static std::uintptr_t address(waiter& w) noexcept {
      return reinterpret_cast<std::uintptr_t>(&w);
    }

    oneshot* from_;
    bool settled_ = false;  // already, but the turn is used up
  };
  class [[nodiscard("write co_await o.receive()")]] receiving {
   public:
    explicit receiving(oneshot& from) noexcept : from_(&from) {}
    awaiter bind(task_context& t) const noexcept { return awaiter(*from_, t); }

   private:
    oneshot* from_;
  };

  /// Waits for the value. A checkpoint; `cancelled` means that no value was taken. Throws
  /// channel_closed if none will come, std::logic_error if it was received before or another task
  /// waits for it.
  receiving receive() noexcept { return receiving(*this); }

 private:
  // Addresses of waiters are multiples of 16.
  static constexpr std::uintptr_t empty = 0;
  static constexpr std::uintptr_t sent = 1;
  static constexpr std::uintptr_t closed = 2;
  static constexpr std::uintptr_t taken = 3;

  static bool settled(std::uintptr_t word) noexcept { return word != empty && word <= taken; }

  // The sending side's last touch, unless a receiver waits, whom it grants.
  void settle(std::uintptr_t how) noexcept {
    // release: value_; partner is take(). acquire: announce().
    const std::uintptr_t old = word_.exchange(how, std::memory_order_acq_rel);
    if (old != empty) grant(*reinterpret_cast<waiter*>(old));
  }

  T take() {
    // acquire: partner is settle().
    const std::uintptr_t how = word_.load(std::memory_order_acquire);
    if (how == closed) throw channel_closed();
    if (how != sent) {
      throw std::logic_error(
          "jackdaw: a oneshot is received once, by one task; use watch for several receivers");
    }
    word_.store(taken, std::memory_order_relaxed);  // the sender has gone
    return std::move(*value_);
  }

  // Written by the sending side (settle), the receiver (announce, take) and its canceller (unlink);
  // partners: each other, as said there.
  base::atomic<std::uintptr_t> word_{empty};
  std::optional<T> value_;
};

}  // namespace jackdaw
