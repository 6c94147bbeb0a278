// SPDX-License-Identifier: MIT
#include <jackdaw/structured/background_registry.hpp>

#include <mutex>

#include <jackdaw/base/futex.hpp>
#include <jackdaw/structured/background_tasks.hpp>
#include <jackdaw/time/clock.hpp>

namespace jackdaw {

void background_registry::add(background_core& c) noexcept {
  const std::lock_guard guard(lock_);
  all_.push_back(c);
  count_.fetch_add(1, std::memory_order_relaxed);  // the lock orders it
}

void background_registry::remove(background_core& c) noexcept {
  const std::lock_guard guard(lock_);
  all_.erase(c);
  // release: partner is wait_until_empty. Woken under the lock: the registry outlives whoever holds
  // it.
  if (count_.fetch_sub(1, std::memory_order_release) == 1) base::futex_wake_one(count_);
}

void background_registry::cancel_all(const cancel_reason& why, bool hard) noexcept {
  const std::lock_guard guard(lock_);
  for (background_core* c = all_.front(); c != nullptr; c = all_.next(*c)) c->cancel(why, hard);
}

bool background_registry::wait_until_empty(std::int64_t deadline) noexcept {
  for (;;) {
    const std::uint32_t count = count_.load(std::memory_order_acquire);  // partner: remove()
    if (count == 0) break;
    if (clock::now().time_since_epoch().count() >= deadline) return false;
    (void)base::futex_wait_until(count_, count, deadline);
  }
  const std::lock_guard guard(lock_);  // the last remove() has left it
  return true;
}

std::size_t background_registry::size() const noexcept {
  return count_.load(std::memory_order_relaxed);  // a snapshot
}

}  // namespace jackdaw
