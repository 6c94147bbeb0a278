// SPDX-License-Identifier: MIT
// The slow paths of permit_queue, under the lock of the waiter table.
#include <jackdaw/sync/permit_queue.hpp>

namespace jackdaw {

// True: a permit was free after all. False: the word is `queued`, and the caller links its waiter.
bool permit_queue::take_or_queue() noexcept {
  std::int64_t seen = state_.load(std::memory_order_relaxed);  // the exchange acquires
  while (seen != queued) {
    const std::int64_t next = seen > 0 ? seen - 1 : queued;
    // acquire: pairs with the release in give(), for the permit taken.
    if (state_.compare_exchange_weak(seen, next, std::memory_order_acquire,
                                     std::memory_order_relaxed)) {
      return seen > 0;
    }
  }
  return false;
}

void permit_queue::give_to_waiter() noexcept {
  base::backoff_mutex& lock = waiter_lock(this);
  lock.lock();
  waiter* const first = waiters_.pop_front();
  if (first == nullptr) {
    // Nobody waits: all have been cancelled, or another give() has served the last of them.
    std::int64_t seen = state_.load(std::memory_order_relaxed);  // only a guess for the exchange
    // release: pairs with the acquire in try_take(), for the permit that becomes free.
    while (!state_.compare_exchange_weak(seen, seen == queued ? 1 : seen + 1,
                                         std::memory_order_release, std::memory_order_relaxed)) {
    }
  } else if (waiters_.empty()) {
    // relaxed: no permit becomes free. While it was `queued`, only the lock's holder could change
    // it.
    state_.store(0, std::memory_order_relaxed);
  }
  lock.unlock();
  if (first != nullptr) grant(*first);
}

}  // namespace jackdaw
