// SPDX-License-Identifier: MIT
// A semaphore for tasks.
#pragma once

#include <cstdint>
#include <utility>

#include <jackdaw/sync/permit_queue.hpp>

namespace jackdaw {

/// Limits how many tasks do something at a time: `auto permit = co_await s.acquire();`.
///
/// First come, first served, without barging: a permit that is given back is handed to the first
/// waiter, and `try_acquire` fails while someone is owed one (S29). Free and held permits always
/// add up (S28). For tasks only; a thread that must block wants std::counting_semaphore. It must
/// outlive its permits and waiters.
///
/// Thread safety: every member from any task on any thread; `try_acquire` and `release` also from
/// threads that are no workers. Memory ordering: a release happens before the return of the acquire
/// that gets its permit.
class semaphore {
 public:
  /// `permits`: how many are free at first; not negative.
  explicit semaphore(std::int64_t permits) noexcept : permits_(permits) {}

  /// One permit, given back when it is destroyed or released.
  class [[nodiscard(
      "a permit that is dropped at once limits nothing: keep it in a variable")]] permit {
   public:
    permit() noexcept = default;  ///< of nothing
    permit(permit&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
    permit& operator=(permit&& other) noexcept {
      permit taken(std::move(other));
      std::swap(from_, taken.from_);
      return *this;
    }
    ~permit() { release(); }

    /// Gives the permit back early. Does nothing for an empty one.
    void release() noexcept {
      if (from_ != nullptr) std::exchange(from_, nullptr)->give();
    }
    /// Separates the permit from this object: somebody else will call `semaphore::release`.
    void keep() noexcept { from_ = nullptr; }
    explicit operator bool() const noexcept { return from_ != nullptr; }

   private:
    friend class semaphore;
    explicit permit(permit_queue& from) noexcept : from_(&from) {}

    permit_queue* from_ = nullptr;
  };

  class awaiter final : public permit_queue::awaiter {
   public:
    awaiter(permit_queue& q, task_context& t) noexcept
        : permit_queue::awaiter(q, t, "semaphore"), queue_(&q) {}
    permit await_resume() {
      throw_if_cancelled();
      return permit(*queue_);
    }

   private:
    permit_queue* queue_;
  };
  class [[nodiscard("write co_await s.acquire()")]] acquisition {
   public:
    explicit acquisition(permit_queue& q) noexcept : queue_(&q) {}
    awaiter bind(task_context& t) const noexcept { return awaiter(*queue_, t); }

   private:
    permit_queue* queue_;
  };

  /// Waits for a permit. A checkpoint; `cancelled` means that no permit was taken.
  acquisition acquire() noexcept { return acquisition(permits_); }

  /// A permit if one is free and owed to nobody, else an empty one. No checkpoint.
  [[nodiscard]] permit try_acquire() noexcept {
    return permits_.try_take() ? permit(permits_) : permit();
  }

  /// Adds a permit: one that was kept apart, or a new one.
  void release() noexcept { permits_.give(); }

  /// Permits that are free; a snapshot.
  [[nodiscard]] std::int64_t available() const noexcept { return permits_.available(); }

 private:
  permit_queue permits_;
};

}  // namespace jackdaw
