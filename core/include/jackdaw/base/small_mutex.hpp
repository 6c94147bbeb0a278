// SPDX-License-Identifier: MIT
// A mutex of four bytes, for critical sections of a few dozen instructions.
#pragma once

#include <cstdint>

#include <jackdaw/base/atomic.hpp>

namespace jackdaw::base {

/// A mutex of four bytes. Lockable, so std::lock_guard works. Neither recursive nor fair, and a
/// thread that waits for it blocks: for library code that holds it briefly and never across a
/// suspension. Tasks want `jackdaw::mutex`.
///
/// Three states, after Drepper, "Futexes are tricky" (2011), mutex 3, with a short spin before the
/// sleep:
///     free --lock--> locked --somebody waits--> contended --unlock (wakes one)--> free
/// Whoever has slept takes the lock as *contended*, for it cannot know whether others sleep still.
///
/// Memory ordering: an unlock happens before the lock that follows it. `unlock` does not touch the
/// object after the next owner could have it, apart from a wake by address: the next owner may
/// destroy the mutex.
class small_mutex {
 public:
  constexpr small_mutex() noexcept = default;
  small_mutex(const small_mutex&) = delete;
  small_mutex& operator=(const small_mutex&) = delete;

  void lock() noexcept {
    if (!try_lock()) lock_slowly();
  }

  [[nodiscard]] bool try_lock() noexcept {
    std::uint32_t expected = free;
    // acquire: pairs with the release in unlock(). relaxed on failure: nothing was learnt.
    return word_.compare_exchange_strong(expected, locked, std::memory_order_acquire,
                                         std::memory_order_relaxed);
  }

  void unlock() noexcept {
    // release: pairs with the acquire of the next lock, in try_lock() or lock_slowly().
    if (word_.exchange(free, std::memory_order_release) == contended) wake_one();
  }

 private:
  static constexpr std::uint32_t free = 0;
  static constexpr std::uint32_t locked = 1;     // nobody sleeps
  static constexpr std::uint32_t contended = 2;  // somebody may sleep in the kernel

  void lock_slowly() noexcept;
  void wake_one() noexcept;

  // Written and read by every thread that locks or unlocks; each acquire's partner is the release
  // in unlock().
  atomic<std::uint32_t> word_{free};
};

#if !defined(JACKDAW_SEAM)
static_assert(sizeof(small_mutex) == 4);
#endif

}  // namespace jackdaw::base
