// SPDX-License-Identifier: MIT
// A channel whose every subscriber gets every item.
//
// Item number n is in place n modulo the capacity; the numbers are those of `items_`. Invariant,
// under the lock: the places hold the last `capacity` items that were sent, or all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <jackdaw/sync/channel_closed.hpp>
#include <jackdaw/sync/lagged.hpp>
#include <jackdaw/sync/sequence.hpp>

namespace jackdaw {

/// Sends each item to all who have subscribed before:
///
///     auto items = b.subscribe();
///     while (auto item = co_await items.receive()) use(*item);    // until it is closed and
///     drained
///
/// A send never waits. The last `capacity` items are kept; a subscriber that falls behind by more
/// misses the oldest ones, and is told so once, by the error `lagged`. Where nothing may be missed
/// give each receiver a `channel` of its own; where only the latest matters use `watch`.
///
/// T's copy and move operations must not throw and must not use jackdaw: they run under an internal
/// lock. It must outlive its subscriptions.
///
/// Thread safety: `send`, `close` and `subscribe` from any thread; a subscription belongs to one
/// task at a time. Memory ordering: a send happens before the returns of the receives that get its
/// item.
template <class T>
class broadcast {
  static_assert(std::is_nothrow_copy_constructible_v<T> && std::is_nothrow_swappable_v<T>,
                "jackdaw: an item is copied under a lock, so that must not throw; broadcast a "
                "std::shared_ptr<const T> instead");

 public:
  /// Throws std::invalid_argument if `capacity` is zero, std::bad_alloc.
  explicit broadcast(std::size_t capacity) : places_(capacity) {
    if (capacity == 0) {
      throw std::invalid_argument(
          "jackdaw: a broadcast that keeps no item delivers none; give it a capacity of at least "
          "1");
    }
  }

  /// Sends an item to all present subscriptions; without any it is lost. Throws channel_closed.
  void send(T v) {
    std::optional<T> item(std::move(v));
    std::unique_lock held(waiter_lock(&items_));
    if (items_.closed()) throw channel_closed();
    place_of(items_.number()).swap(item);  // the overwritten one is destroyed after the lock
    held.release();
    items_.advance_and_unlock();
  }
  /// Ends the sending: subscribers get what is left and then nothing. Idempotent.
  void close() noexcept {
    waiter_lock(&items_).lock();
    items_.close_and_unlock();
  }

  class subscription;
  /// Gets what is sent from now on. Copies of it go on from the same place.
  [[nodiscard]] subscription subscribe() noexcept {
    const std::lock_guard held(waiter_lock(&items_));
    return subscription(*this, items_.number());
  }

 private:
  [[nodiscard]] std::optional<T>& place_of(std::uint64_t number) noexcept {
    return places_[static_cast<std::size_t>(number % places_.size())];
  }

  // Both are guarded by waiter_lock(&items_).
  std::vector<std::optional<T>> places_;
  sequence items_;
};

/// A place in the sequence of items.
template <class T>
class broadcast<T>::subscription {
 public:
  class awaiter final : public sequence::awaiter {
   public:
    awaiter(subscription& s, task_context& t) noexcept
        : sequence::awaiter(s.from_->items_, s.next_, t, "broadcast"), subscription_(&s) {}
    std::optional<T> await_resume() {
      throw_if_cancelled();
      return subscription_->try_receive();
    }

   private:
    subscription* subscription_;
  };
  class [[nodiscard("write co_await s.receive()")]] receiving {
   public:
    explicit receiving(subscription& s) noexcept : subscription_(&s) {}
    awaiter bind(task_context& t) const noexcept { return awaiter(*subscription_, t); }

   private:
    subscription* subscription_;
  };

  /// Receives the next item, waiting for it; empty when it is closed and drained. A checkpoint;
  /// `cancelled` means that no item was taken. Throws `lagged`, once for each time that items were
  /// missed.
  receiving receive() noexcept { return receiving(*this); }

  /// Empty if there is no item now. No checkpoint. Throws `lagged`.
  [[nodiscard]] std::optional<T> try_receive() {
    std::uint64_t missed = 0;
    {
      const std::lock_guard held(waiter_lock(&from_->items_));
      const std::uint64_t behind = from_->items_.number() - next_;
      if (behind == 0) return std::nullopt;
      const std::uint64_t kept = from_->places_.size();
      if (behind <= kept) return from_->place_of(next_++);
      missed = behind - kept;
      next_ += missed;
    }
    throw lagged(missed);
  }

 private:
  friend class broadcast;
  subscription(broadcast& from, std::uint64_t next) noexcept : from_(&from), next_(next) {}

  broadcast* from_;
  std::uint64_t next_;  // number of the item that comes next
};

}  // namespace jackdaw
