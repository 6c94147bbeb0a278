// SPDX-License-Identifier: MIT
// A condition variable for tasks, used with jackdaw::mutex.
//
// A waiter is in the list before its mutex is unlocked, so that no notification passes it by, and
// is held in place (park_published) until it has done both.
#pragma once

#include <concepts>

#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/sync/mutex.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

/// Waits, inside a mutex, for something that others change inside it:
///
///     auto guard = co_await m.lock();
///     co_await changed.wait(guard, [&] { return ready; });
///
/// First come, first served. A notification goes to a waiter that then returns normally, never to
/// one that ends as cancelled (S32); there are no spurious wake-ups, but what was waited for may be
/// over again when the mutex is had. To wait for a flag `event` is simpler, for items `channel`.
/// The condition variable may be destroyed once all its waiters have been notified.
///
/// Thread safety: `notify_one` and `notify_all` from any thread, with the mutex held or not; a
/// guard belongs to one task. Memory ordering: a notification happens before the return of the wait
/// that it ends.
class condition_variable {
 public:
  condition_variable() noexcept = default;
  condition_variable(const condition_variable&) = delete;
  condition_variable& operator=(const condition_variable&) = delete;

  /// Unlocks the guard's mutex, waits for a notification, locks it again. A checkpoint. However it
  /// ends, also with `cancelled`, the guard holds the mutex: the way back into it cannot be
  /// cancelled, and lasts as long as others hold it. Throws std::logic_error if the guard is empty.
  [[nodiscard]] task<> wait(mutex::guard& inside);

  /// Waits until `holds()`, which is asked inside the mutex only. A checkpoint if it has to wait.
  template <std::predicate Holds>
  [[nodiscard]] task<> wait(mutex::guard& inside, Holds holds) {
    while (!holds()) co_await wait(inside);
  }

  /// Wakes the one that has waited longest. Runs no user code.
  void notify_one() noexcept;
  /// Wakes all who wait.
  void notify_all() noexcept;

 private:
  class leaving;

  waiter_list waiters_;  // guarded by waiter_lock(this)
};

}  // namespace jackdaw
