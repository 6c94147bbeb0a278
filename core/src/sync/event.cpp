// SPDX-License-Identifier: MIT
// The paths of event that take the lock of the waiter table.
#include <jackdaw/sync/event.hpp>

#include <jackdaw/sync/released_waiters.hpp>

namespace jackdaw {

void event::set_slowly() noexcept {
  released_waiters released;
  base::backoff_mutex& lock = waiter_lock(this);
  lock.lock();
  const std::uint64_t round = round_;
  const auto of_round = [round](waiter& w) { return static_cast<awaiter&>(w).round_ <= round; };
  bool more = released.take_batch(waiters_, of_round);
  // release: pairs with the acquire in is_set(); who sees it may destroy the event, unless a waiter
  // was taken out above.
  state_.store(now_set, std::memory_order_release);
  lock.unlock();
  while (more) {
    lock.lock();
    more = released.take_batch(waiters_, of_round);
    lock.unlock();
  }
  released.wake_all();
}

void event::clear() noexcept {
  base::backoff_mutex& lock = waiter_lock(this);
  lock.lock();
  std::uint8_t expected = now_set;
  // relaxed: resets a flag, publishes nothing.
  if (state_.compare_exchange_strong(expected, unset, std::memory_order_relaxed,
                                     std::memory_order_relaxed)) {
    ++round_;
  }
  lock.unlock();
}

// True: it is set after all. False: the word is `awaited`, and the caller links its waiter.
bool event::join_round(awaiter& w) noexcept {
  w.round_ = round_;
  std::uint8_t seen = unset;
  // acquire: pairs with the releases of set(), when it fails; when it succeeds nothing is needed,
  // the waiter is published by the lock, but the model checker knows no failure that orders more.
  return !state_.compare_exchange_strong(seen, awaited, std::memory_order_acquire,
                                         std::memory_order_acquire) &&
         seen == now_set;
}

}  // namespace jackdaw
