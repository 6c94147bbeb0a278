// SPDX-License-Identifier: MIT
// What a signal handler may use, for as long as its owner leaves it there.
#pragma once

#include <cstdint>

#include <jackdaw/base/atomic.hpp>

namespace jackdaw::base {

/// A place for an object that signal handlers use. Its owner puts it there, takes it away again,
/// and may then destroy it: no handler is at it any more.
///
/// Whoever clears takes the object away, then looks who is inside; a handler goes inside, then
/// looks for the object. Both change `inside_` by a read-modify-write: if the handler's comes
/// first, it is waited for, else it sees that there is nothing.
///
/// Thread safety: `use` and `set` by anyone, `clear` by who has set. Memory ordering: what
/// comes before a `clear` happens before the next `set` that succeeds.
template <class T>
class handler_slot {
 public:
#if !defined(JACKDAW_SEAM)
  static_assert(atomic<T*>::is_always_lock_free && atomic<std::uint32_t>::is_always_lock_free);
#endif

  handler_slot() = default;
  handler_slot(const handler_slot&) = delete;
  handler_slot& operator=(const handler_slot&) = delete;

  /// False: there is another object.
  [[nodiscard]] bool set(T& object) noexcept {
    T* nothing = nullptr;
    // release: the object, for use(). acquire: partner is clear().
    return object_.compare_exchange_strong(nothing, &object, std::memory_order_acq_rel,
                                           std::memory_order_relaxed);
  }

  /// Takes the object away, and waits for handlers that are at it: they take a few instructions.
  void clear() noexcept {
    object_.store(nullptr, std::memory_order_release);  // partner: set()
    // acq_rel: partners are both steps of use().
    while (inside_.fetch_add(0, std::memory_order_acq_rel) != 0) pause();
  }

  /// For handlers: calls `f(object)`, if there is one.
  template <class F>
  void use(F f) noexcept {
    inside_.fetch_add(1, std::memory_order_acquire);                            // partner: clear()
    if (T* const object = object_.load(std::memory_order_acquire)) f(*object);  // partner: set()
    inside_.fetch_sub(1, std::memory_order_release);                            // partner: clear()
  }

  /// The object, to those who are ordered with its owner.
  [[nodiscard]] T* get() const noexcept { return object_.load(std::memory_order_relaxed); }

 private:
  atomic<T*> object_{nullptr};
  atomic<std::uint32_t> inside_{0};  // handlers in use()
};

}  // namespace jackdaw::base
