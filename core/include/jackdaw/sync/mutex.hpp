// SPDX-License-Identifier: MIT
// A mutex for tasks.
#pragma once

#include <utility>

#include <jackdaw/sync/permit_queue.hpp>

namespace jackdaw {

/// Mutual exclusion between tasks: `auto guard = co_await m.lock();`. May be held across
/// suspensions and released on another thread than it was taken on.
///
/// Fair: it is handed over in the order of arrival. Not recursive. Where nothing is awaited while
/// it is held, std::mutex is cheaper. It must outlive its guards and waiters.
///
/// Thread safety: every member from any task on any thread. Memory ordering: an unlock happens
/// before the return of the lock that follows it.
class mutex {
 public:
  mutex() noexcept : permits_(1) {}

  /// The right to be inside, given up when it is destroyed or unlocked.
  class [[nodiscard(
      "a guard that is dropped at once protects nothing: keep it in a variable")]] guard {
   public:
    guard() noexcept = default;  ///< of nothing
    guard(guard&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
    guard& operator=(guard&& other) noexcept {
      guard taken(std::move(other));
      std::swap(from_, taken.from_);
      return *this;
    }
    ~guard() { unlock(); }

    /// Gives the lock up early. Does nothing for an empty guard.
    void unlock() noexcept {
      if (from_ != nullptr) std::exchange(from_, nullptr)->give();
    }
    [[nodiscard]] bool owns_lock() const noexcept { return from_ != nullptr; }
    explicit operator bool() const noexcept { return owns_lock(); }

   private:
    friend class mutex;
    explicit guard(permit_queue& from) noexcept : from_(&from) {}

    permit_queue* from_ = nullptr;
  };

  class awaiter final : public permit_queue::awaiter {
   public:
    awaiter(permit_queue& q, task_context& t) noexcept
        : permit_queue::awaiter(q, t, "mutex"), queue_(&q) {}
    guard await_resume() {
      throw_if_cancelled();
      return guard(*queue_);
    }

   private:
    permit_queue* queue_;
  };
  class returning_awaiter final : public permit_queue::insistent_awaiter {
   public:
    returning_awaiter(permit_queue& q, task_context& t) noexcept
        : permit_queue::insistent_awaiter(q, t, "mutex"), queue_(&q) {}
    guard await_resume() noexcept { return guard(*queue_); }

   private:
    permit_queue* queue_;
  };
  class [[nodiscard("write co_await m.lock()")]] locking {
   public:
    explicit locking(permit_queue& q) noexcept : queue_(&q) {}
    awaiter bind(task_context& t) const noexcept { return awaiter(*queue_, t); }

   private:
    permit_queue* queue_;
  };

  /// The way back into the mutex that a guard holds now, for those who leave it for a while and
  /// have promised to return (condition_variable): no checkpoint, and no request ends the wait.
  class [[nodiscard("write co_await")]] returning {
   public:
    explicit returning(const guard& inside) noexcept : queue_(inside.from_) {}
    returning_awaiter bind(task_context& t) const noexcept { return returning_awaiter(*queue_, t); }

   private:
    permit_queue* queue_;
  };

  /// Waits for the lock. A checkpoint; after `cancelled` the caller does not hold it, and where
  /// grant and cancel meet, the guard is returned and the next checkpoint throws (S30).
  locking lock() noexcept { return locking(permits_); }

  /// A guard that owns the lock if it is free and owed to nobody, else an empty one. No checkpoint.
  [[nodiscard]] guard try_lock() noexcept {
    return permits_.try_take() ? guard(permits_) : guard();
  }

 private:
  permit_queue permits_;
};

}  // namespace jackdaw
