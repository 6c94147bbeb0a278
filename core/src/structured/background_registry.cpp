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
  // relaxed: the lock orders it. Woken under the lock: the registry outlives whoever holds it.
  if (count_.fetch_sub(1, std::memory_order_relaxed) == 1) base::futex_wake_one(count_);
}

void background_registry::cancel_all(const cancel_reason& why, bool hard) noexcept {
  const std::lock_guard guard(lock_);
  for (background_entry* e = all_.front(); e != nullptr; e = all_.after(*e)) {
    e->request_end(why, hard);
  }
}

bool background_registry::wait_until_empty(std::int64_t deadline) noexcept {
  for (;;) {
    const std::uint32_t count = count_.load(std::memory_order_relaxed);  // as below
    if (count == 0) break;
    if (clock::now().time_since_epoch().count() >= deadline) return false;
    (void)base::wait_for_task_until(count_, count, deadline);
  }
  // The last remove() has left it, and what it came after happens before our return.
  const std::lock_guard guard(lock_);
  return true;
}

std::size_t background_registry::size() const noexcept {
  const std::lock_guard guard(lock_);  // so that it is ordered: see runtime::core::drive
  return count_.load(std::memory_order_relaxed);
}

}  // namespace jackdaw
