// SPDX-License-Identifier: MIT
// The slow path of small_mutex: spin a little, then sleep.
#include <jackdaw/base/small_mutex.hpp>

#include <jackdaw/base/futex.hpp>

namespace jackdaw::base {
namespace {

// About a microsecond: longer than our critical sections, shorter than a trip to the kernel and
// back.
#if defined(JACKDAW_SEAM)
constexpr int spins_max = 1;
#else
constexpr int spins_max = 40;
#endif

}  // namespace

void small_mutex::lock_slowly() noexcept {
  for (int spin = 0; spin != spins_max; ++spin) {
    // relaxed: only a hint; try_lock() does the acquire. Stops once somebody sleeps: he was here
    // first.
    const std::uint32_t seen = word_.load(std::memory_order_relaxed);
    if (seen == free && try_lock()) return;
    if (seen == contended) break;
    pause();
  }
  // acquire: pairs with the release in unlock(), when the lock turns out to be free.
  while (word_.exchange(contended, std::memory_order_acquire) != free) futex_wait(word_, contended);
}

void small_mutex::wake_one() noexcept { futex_wake_one(word_); }

}  // namespace jackdaw::base
