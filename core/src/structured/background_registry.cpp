// SPDX-License-Identifier: MIT
#include <jackdaw/structured/background_registry.hpp>

#include <mutex>

#include <jackdaw/base/futex.hpp>
#include <jackdaw/base/simulated_thread.hpp>
#include <jackdaw/time/clock.hpp>

namespace jackdaw {

void background_registry::add(background_entry& e) noexcept {
  const std::lock_guard guard(lock_);
  all_.push_back(e);
  count_.fetch_add(1, std::memory_order_relaxed);  // the lock orders it
}

void background_registry::remove(background_entry& e) noexcept {
  const std::lock_guard guard(lock_);
  all_.erase(e);
  // release: partner is wait_until_empty. Woken under the lock: the registry outlives whoever holds
  // it.
  if (count_.fetch_sub(1, std::memory_order_release) == 1) base::futex_wake_one(count_);
}

void background_registry::cancel_all(const cancel_reason& why, bool hard) noexcept {
  const std::lock_guard guard(lock_);
  for (background_entry* e = all_.front(); e != nullptr; e = all_.next(*e)) {
    e->request_end(why, hard);
  }
}

bool background_registry::wait_until_empty(std::int64_t deadline) noexcept {
  for (;;) {
    const std::uint32_t count = count_.load(std::memory_order_acquire);  // partner: remove()
    if (count == 0) break;
    if (clock::now().time_since_epoch().count() >= deadline) return false;
    (void)base::wait_for_task_until(count_, count, deadline);
  }
  const std::lock_guard guard(lock_);  // the last remove() has left it
  return true;
}

std::size_t background_registry::size() const noexcept {
  return count_.load(std::memory_order_relaxed);  // a snapshot
}

}  // namespace jackdaw
