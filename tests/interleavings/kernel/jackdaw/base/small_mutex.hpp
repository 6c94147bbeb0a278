// SPDX-License-Identifier: MIT
// Stands in for base/small_mutex.hpp where protocols above it are checked: Relacy's own mutex, one
// step to lock and one to unlock.
//
// That the real one excludes, orders and wakes is small_mutex_interleavings.cpp's claim. Here it
// would only multiply the schedules.
#pragma once

#include <jackdaw/base/atomic.hpp>

namespace jackdaw::base {

/// Made at its first use, so that it may have static storage (the table of waiter locks).
class small_mutex {
 public:
  constexpr small_mutex() noexcept = default;
  small_mutex(const small_mutex&) = delete;
  small_mutex& operator=(const small_mutex&) = delete;

  void lock() { mutex().lock_exclusive(false, RL_INFO); }
  [[nodiscard]] bool try_lock() { return mutex().try_lock_exclusive(RL_INFO); }
  void unlock() { mutex().unlock_exclusive(RL_INFO); }

 private:
  rl::generic_mutex_data& mutex() {
    if (mutex_ == nullptr || execution_ != statics::execution) {
      mutex_ = &statics::make_mutex();
      execution_ = statics::execution;
    }
    return *mutex_;
  }

  rl::generic_mutex_data* mutex_ = nullptr;
  std::uint64_t execution_ = 0;
};

}  // namespace jackdaw::base
