// SPDX-License-Identifier: MIT
// The paths of shared_mutex that take the lock of the waiter table.
#include <jackdaw/sync/shared_mutex.hpp>

#include <jackdaw/sync/released_waiters.hpp>

namespace jackdaw {

// True: it could be had after all. False: the word is `queued`, and the caller links its waiter.
bool shared_mutex::take_or_queue(std::uint64_t share) noexcept {
  std::uint64_t seen = state_.load(std::memory_order_relaxed);  // the exchange acquires
  while ((seen & queued) == 0) {
    const bool taken = admits(seen, share);
    // acquire: pairs with the releases of those who gave back.
    if (state_.compare_exchange_weak(seen, taken ? seen + share : seen | queued,
                                     std::memory_order_acquire, std::memory_order_relaxed)) {
      return taken;
    }
  }
  return false;
}

void shared_mutex::give_slowly(std::uint64_t share) noexcept {
  base::backoff_mutex& lock = waiter_lock(this);
  lock.lock();
  if (!waiters_.empty()) return admit_and_unlock(share);
  // All who waited have been cancelled meanwhile. release: pairs with the acquires of those who
  // take.
  state_.fetch_sub(share, std::memory_order_release);
  lock.unlock();
}

// For a canceller. The mutex may be gone if the waiter is not linked any more.
bool shared_mutex::leave_queue(entry& e) noexcept {
  base::backoff_mutex& lock = waiter_lock(this);
  lock.lock();
  if (!e.linked) {
    lock.unlock();
    return false;
  }
  waiters_.erase(e);
  e.linked = false;
  admit_and_unlock(0);
  return true;
}

// With the lock held and the word `queued`.
void shared_mutex::admit_and_unlock(std::uint64_t given_back) noexcept {
  released_waiters admitted;
  base::backoff_mutex& lock = waiter_lock(this);
  bool more = admit_batch(admitted, given_back);
  lock.unlock();
  while (more) {
    lock.lock();
    more = !waiters_.empty() && admit_batch(admitted, 0);
    lock.unlock();
  }
  admitted.wake_all();
}

// With the lock held and the word `queued`. True: there may be more to let in.
bool shared_mutex::admit_batch(released_waiters& admitted, std::uint64_t given_back) noexcept {
  // relaxed: those who gave back without the lock did so before the word was `queued`, by an
  // exchange under the lock that has acquired.
  std::uint64_t inside = (state_.load(std::memory_order_relaxed) & ~queued) - given_back;
  const bool more = admitted.take_batch(waiters_, [&inside](waiter& w) {
    const std::uint64_t share = static_cast<entry&>(w).share_;
    if (!admits(inside, share)) return false;
    inside += share;
    return true;
  });
  // release: pairs with the acquires of those who take. A store: while the word is `queued` only
  // the lock's holder changes it.
  state_.store(waiters_.empty() ? inside : inside | queued, std::memory_order_release);
  return more;
}

}  // namespace jackdaw
