// SPDX-License-Identifier: MIT
// A parked task's entry in the primitive that it waits for. Lives in the awaiter.
#pragma once

#include <coroutine>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/cancelled.hpp>

namespace jackdaw {

class task_context;

/// Base of every cancellable awaitable; see cancellation/park.hpp for how to write one.
///
/// Thread safety: the list fields and `linked` are guarded by the primitive's lock; `cancelled_` is
/// written before the task is scheduled and read by the task.
class alignas(16) waiter {
 public:
  /// Takes the waiter out of its primitive. True: the operation will not happen. False: a granter
  /// has it already.
  using unlink_function = bool (*)(waiter&) noexcept;

  /// `what` names the operation for introspection and must be a literal.
  waiter(task_context& t, unlink_function unlink, const char* what) noexcept
      : unlink_from(unlink), task_(&t), what_(what) {}
  waiter(const waiter&) = delete;
  waiter& operator=(const waiter&) = delete;

  [[nodiscard]] task_context& task() const noexcept { return *task_; }
  [[nodiscard]] const char* what() const noexcept { return what_; }
  void mark_cancelled() noexcept { cancelled_ = true; }
  [[nodiscard]] bool was_cancelled() const noexcept { return cancelled_; }

  waiter* prev = nullptr;
  waiter* next = nullptr;
  unlink_function unlink_from;
  bool linked = false;

 protected:
  ~waiter() = default;

  /// The checkpoint at the entry of a cancellable operation (S18, S19).
  [[nodiscard]] bool stop_requested() noexcept;
  /// Throws `cancelled` if the operation was cancelled; then it has done nothing.
  void throw_if_cancelled() const {
    if (cancelled_) [[unlikely]]
      throw_cancelled();
  }

 private:
  [[noreturn]] void throw_cancelled() const;

  bool cancelled_ = false;
  task_context* task_;
  const char* what_;
};

/// Waiters in order of arrival. Guarded by the primitive's lock.
///
/// Two words, and the first waiter's `prev` says nothing: so a push touches nobody but the last
/// waiter, and a pop nobody at all. What waits next to them was last used on another core.
class waiter_list {
 public:
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] waiter* front() const noexcept { return first_; }

  void push_back(waiter& w) noexcept {
    w.next = nullptr;
    w.prev = last_;
    (first_ != nullptr ? last_->next : first_) = &w;
    last_ = &w;
  }

  /// Takes the first waiter out for a grant, null if there is none: from here on no canceller can
  /// unlink it.
  [[nodiscard]] waiter* pop_front() noexcept {
    waiter* const first = first_;
    if (first == nullptr) return nullptr;
    first_ = first->next;
    first->linked = false;
    return first;
  }

  void erase(waiter& w) noexcept {
    (first_ == &w ? first_ : w.prev->next) = w.next;
    if (last_ == &w) {
      last_ = w.prev;  // nobody's if that was the only one
    } else {
      w.next->prev = w.prev;
    }
  }

 private:
  waiter* first_ = nullptr;
  waiter* last_ = nullptr;  // only while there is a first
};

}  // namespace jackdaw
