// SPDX-License-Identifier: MIT
// Who wakes a thread that waits for events, so that it is done once for many wakers.
#pragma once

#include <jackdaw/base/atomic.hpp>

namespace jackdaw::reactor {

/// Set by wakers, cleared by who was woken. Who finds it set need not wake: what it has published
/// before is seen by who clears it.
class wake_flag {
 public:
  /// True: it was clear, and the caller wakes.
  [[nodiscard]] bool set() noexcept {
    return !set_.exchange(true, std::memory_order_release);  // partner: clear()
  }
  /// After every wake-up, before the look at what was published.
  void clear() noexcept {
    (void)set_.exchange(false, std::memory_order_acquire);  // partner: set()
  }

 private:
  base::atomic<bool> set_{false};
};

}  // namespace jackdaw::reactor
