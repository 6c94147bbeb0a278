// SPDX-License-Identifier: MIT
// Parking a task on a primitive, and waking it: the part of the cancellation protocol that
// primitives use.
//
// How to write a cancellable awaitable (this is a public extension interface, used by our own
// primitives):
//   1. write a movable class that describes the operation, whose `bind(task_context&)` makes the
//   awaiter;
//   2. the awaiter derives from `waiter`; `await_ready`: `if (stop_requested()) return true;`, then
//   try without waiting;
//   3. `await_suspend(h)`: `return park_on(...)` (primitives under a lock of the table) or
//   `park_published(...)` (an operation that is
//      in somebody else's hands already, such as a timer or an I/O slot);
//   4. `await_resume`: `throw_if_cancelled()`, then return the value;
//   5. whoever grants: take the waiter out of the primitive, write the value, call `grant(w)`,
//   touch nothing of it afterwards.
#pragma once

#include <coroutine>
#include <cstdint>

#include <jackdaw/base/backoff_mutex.hpp>
#include <jackdaw/cancellation/cancelled.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/cancellation/waiter.hpp>

namespace jackdaw {

/// The lock that guards the waiter list of the primitive at `address`. Locks are the library's, not
/// the primitive's: a canceller may meet a waiter whose primitive has just been destroyed.
[[nodiscard]] base::backoff_mutex& waiter_lock(const void* address) noexcept;

/// Wakes the task of a waiter that the caller has just taken out of its primitive. Any thread.
/// Touches nothing of the waiter after the task may run.
inline void grant(waiter& w) noexcept {
  task_context& task = w.task();
  if (task.wait.grant()) task.wake();
}

inline bool waiter::stop_requested() noexcept {
  if (task_->current->effective()) [[unlikely]]
    cancelled_ = true;
  return cancelled_;
}

namespace base {
/// The claim's holder decides: schedules the task with its value or as cancelled, leaves it parked,
/// or to its granter.
void resolve_claim(task_context& task, waiter& w) noexcept;
/// A canceller looks at a task that is enrolled in, or owns, a scope that it keeps alive.
void try_cancel(task_context& task) noexcept;
}  // namespace base

/// Parks on a primitive whose waiters are guarded by `waiter_lock(primitive)`.
///
/// Under that lock `take()` tries the operation once more (true: done, not suspended) and `link(w)`
/// puts the waiter into the primitive's list. Returns whether the task was suspended; then nothing
/// of the awaiter may be touched any more.
template <class Take, class Link>
[[nodiscard]] bool park_on(const void* primitive, waiter& w, std::coroutine_handle<> h, Take take,
                           Link link) noexcept {
  task_context& task = w.task();
  task.enrol();
  task.set_resume_point(h);
  task.waiting_for.store(w.what(), std::memory_order_relaxed);  // for introspection
  const scope::answer now = task.current->evaluate();
  if (now.effective) {
    w.mark_cancelled();
    return false;
  }
  base::backoff_mutex& lock = waiter_lock(primitive);
  lock.lock();
  if (take()) {
    lock.unlock();
    return false;
  }
  link(w);
  w.linked = true;
  const wait_word::park_result result = task.wait.park(w, [&] {
    // seq_cst: StoreLoad after park()'s exchange; partner is cancel()'s bump followed by claim().
    return base::cancellation_epoch.value.load(std::memory_order_seq_cst) == now.epoch;
  });
  lock.unlock();
  if (result == wait_word::park_result::claimed) base::resolve_claim(task, w);
  return true;
}

/// A waiter in the list of a primitive: what most primitives derive their awaiters from. A
/// primitive that is destroyed must have an empty list.
class list_waiter : public waiter {
 public:
  list_waiter(task_context& t, const void* primitive, waiter_list& list, const char* what) noexcept
      : waiter(t, unlink, what), primitive_(primitive), list_(&list) {}

 protected:
  ~list_waiter() = default;

  /// park_on with this waiter at the end of its list.
  template <class Take>
  [[nodiscard]] bool park(std::coroutine_handle<> h, Take take) noexcept {
    return park_on(primitive_, *this, h, take, [this](waiter& w) { list_->push_back(w); });
  }

  /// The same for a wait that no request ends: a canceller that meets it leaves it to its granter.
  template <class Take>
  [[nodiscard]] bool park_insistently(std::coroutine_handle<> h, Take take) noexcept {
    unlink_from = [](waiter&) noexcept { return false; };
    task().set_resume_point(h);
    task().waiting_for.store(what(), std::memory_order_relaxed);  // for introspection
    base::backoff_mutex& lock = waiter_lock(primitive_);
    lock.lock();
    if (take()) {
      lock.unlock();
      return false;
    }
    list_->push_back(*this);
    linked = true;
    (void)task().wait.park(*this, [] { return true; });  // whatever the epoch is
    lock.unlock();
    return true;
  }

 private:
  static bool unlink(waiter& w) noexcept;

  const void* primitive_;
  waiter_list* list_;
};

/// Parks on an operation that is published without a lock of the table: `publish()` hands the
/// waiter over (true), or reports that the operation is done already (false: not suspended).
/// `w.unlink_from` must be set.
template <class Publish>
[[nodiscard]] bool park_published(waiter& w, std::coroutine_handle<> h, Publish publish) noexcept {
  task_context& task = w.task();
  task.enrol();
  task.set_resume_point(h);
  task.waiting_for.store(w.what(), std::memory_order_relaxed);  // for introspection
  const scope::answer now = task.current->evaluate();
  if (now.effective) {
    w.mark_cancelled();
    return false;
  }
  task.wait.hold(w);
  if (!publish()) {
    task.wait.release_hold();
    return false;
  }
  const wait_word::publish_result result = task.wait.publish(w, [&] {
    // seq_cst: StoreLoad after hold(); partner is cancel()'s bump followed by claim().
    return base::cancellation_epoch.value.load(std::memory_order_seq_cst) == now.epoch;
  });
  if (result == wait_word::publish_result::fired) return false;
  if (result == wait_word::publish_result::claimed) base::resolve_claim(task, w);
  return true;
}

}  // namespace jackdaw
