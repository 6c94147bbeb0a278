// SPDX-License-Identifier: MIT
// The latest value of something, and the tasks that want to know when it changes.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include <jackdaw/sync/sequence.hpp>

namespace jackdaw {

/// A value that is replaced now and then: `w.set(v)` here, `while (auto v = co_await o.changed())`
/// there, with `auto o = w.observe();`. Whoever is slow sees the latest value only; to see every
/// one use `broadcast`.
///
/// T's copy constructor and move assignment must not throw and must not use jackdaw: they run under
/// an internal lock. It must outlive its observers.
///
/// Thread safety: `set`, `get`, `close` and `observe` from any thread; an observer belongs to one
/// task at a time. Memory ordering: a set happens before the returns of `get` and `changed` that
/// give its value, or a later one.
template <class T>
class watch {
  static_assert(std::is_nothrow_copy_constructible_v<T> && std::is_nothrow_swappable_v<T>,
                "jackdaw: the value is copied under a lock, so that must not throw; watch a "
                "std::shared_ptr<const T> instead");

 public:
  explicit watch(T initial) noexcept : value_(std::move(initial)) {}

  /// Replaces the value and wakes the observers. After close() nobody is told, but get() has it.
  void set(T v) noexcept {
    waiter_lock(&changes_).lock();
    using std::swap;
    swap(value_, v);  // the old one is destroyed after the lock
    changes_.advance_and_unlock();
  }
  /// The latest value. No checkpoint.
  [[nodiscard]] T get() const noexcept {
    const std::lock_guard held(waiter_lock(&changes_));
    return value_;
  }
  /// Says that there will be no more changes. Idempotent.
  void close() noexcept {
    waiter_lock(&changes_).lock();
    changes_.close_and_unlock();
  }

  class observer;
  /// Somebody who has seen the present value.
  [[nodiscard]] observer observe() noexcept {
    const std::lock_guard held(waiter_lock(&changes_));
    return observer(*this, changes_.number());
  }

 private:
  // Both are guarded by waiter_lock(&changes_).
  T value_;
  sequence changes_;
};

/// Knows which value it has seen last.
template <class T>
class watch<T>::observer {
 public:
  class awaiter final : public sequence::awaiter {
   public:
    awaiter(observer& o, task_context& t) noexcept
        : sequence::awaiter(o.watch_->changes_, o.seen_, t, "watch"), observer_(&o) {}
    std::optional<T> await_resume() {
      throw_if_cancelled();
      return observer_->look();
    }

   private:
    observer* observer_;
  };
  class [[nodiscard("write co_await o.changed()")]] waiting {
   public:
    explicit waiting(observer& o) noexcept : observer_(&o) {}
    awaiter bind(task_context& t) const noexcept { return awaiter(*observer_, t); }

   private:
    observer* observer_;
  };

  /// Waits until the value is newer than the one seen last, and gives it; empty when it was closed
  /// and the last one has been seen. A checkpoint; `cancelled` means that nothing was seen.
  waiting changed() noexcept { return waiting(*this); }

 private:
  friend class watch;
  observer(watch& w, std::uint64_t seen) noexcept : watch_(&w), seen_(seen) {}

  std::optional<T> look() noexcept {
    const std::lock_guard held(waiter_lock(&watch_->changes_));
    const std::uint64_t now = watch_->changes_.number();
    if (std::exchange(seen_, now) == now) return std::nullopt;
    return watch_->value_;
  }

  watch* watch_;
  std::uint64_t seen_;
};

}  // namespace jackdaw
