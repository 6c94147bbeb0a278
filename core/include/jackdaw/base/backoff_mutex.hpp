// SPDX-License-Identifier: MIT
// A small_mutex for what several threads use over and over.
#pragma once

#include <jackdaw/base/small_mutex.hpp>

namespace jackdaw::base {

/// A mutex like small_mutex whose waiting threads stay away for a while (Anderson, "The performance
/// of spin lock alternatives", 1990): meanwhile its owner, who has all that it guards in its cache,
/// does several operations in a row. With threads that take turns at every operation, each of them
/// waits for the other's cache lines instead (docs/decisions/0009-locks-that-stay.md).
///
/// Lockable, thread safety and memory ordering as small_mutex.
class backoff_mutex {
 public:
  void lock() noexcept {
    if (!inner_.try_lock()) lock_after_backoff();
  }
  [[nodiscard]] bool try_lock() noexcept { return inner_.try_lock(); }
  void unlock() noexcept { inner_.unlock(); }

 private:
  void lock_after_backoff() noexcept;

  small_mutex inner_;
};

}  // namespace jackdaw::base
