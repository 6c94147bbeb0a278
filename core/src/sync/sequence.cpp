// SPDX-License-Identifier: MIT
#include <jackdaw/sync/sequence.hpp>

#include <jackdaw/sync/released_waiters.hpp>

namespace jackdaw {

void sequence::advance_and_unlock() noexcept {
  ++number_;
  wake_and_unlock();
}

void sequence::close_and_unlock() noexcept {
  closed_ = true;
  wake_and_unlock();
}

// With the lock held. Who begins to wait between two batches knows the present number, and waits
// for the next one, unless it is over: then nobody begins to wait.
void sequence::wake_and_unlock() noexcept {
  released_waiters released;
  base::backoff_mutex& lock = waiter_lock(this);
  const auto of_before = [now = number_, over = closed_](waiter& w) {
    return over || static_cast<awaiter&>(w).known_ < now;
  };
  bool more = released.take_batch(waiters_, of_before);
  lock.unlock();
  while (more) {
    lock.lock();
    more = released.take_batch(waiters_, of_before);
    lock.unlock();
  }
  released.wake_all();
}

}  // namespace jackdaw
