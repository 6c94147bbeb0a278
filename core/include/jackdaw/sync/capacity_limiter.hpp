// SPDX-License-Identifier: MIT
// A limit on how many may do something at a time, that knows who they are and can be changed.
//
// Invariants, under the lock of the waiter table
//  1. The borrowers are a set: nobody holds two tokens. Its nodes are made before the lock is taken
//     and freed after it.
//  2. While tasks wait there is no token available; a token that becomes available goes to the
//  first
//     of them (S29), whose node is put into the set by whoever makes it available.
#pragma once

#include <compare>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include <jackdaw/cancellation/park.hpp>

namespace jackdaw {

class released_waiters;

/// Tokens that tasks borrow: `auto token = co_await limiter.acquire();`. Like `semaphore`, and
/// besides: the total can be changed at any time, and each token is borrowed by somebody, who
/// cannot have two, so that a nested acquire fails at once instead of waiting for itself. Where
/// none of this is wanted `semaphore` is cheaper.
///
/// First come, first served, without barging. It must outlive its tokens and waiters. After Trio's
/// CapacityLimiter.
///
/// Thread safety: every member from any task on any thread, the plain ones also from threads that
/// are no workers. Memory ordering: a release happens before the return of the acquire that gets
/// its token.
class capacity_limiter {
  // Who has a token: a task, or whatever an address stands for.
  struct borrower {
    std::uint64_t task;
    const void* object;
    friend auto operator<=>(const borrower&, const borrower&) = default;
  };
  using borrower_set = std::set<borrower>;

 public:
  static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

  /// `total`: how many tokens there are.
  explicit capacity_limiter(std::size_t total) noexcept : total_(total) {}
  capacity_limiter(const capacity_limiter&) = delete;
  capacity_limiter& operator=(const capacity_limiter&) = delete;

  /// A borrowed token, given back when it is destroyed or released.
  class [[nodiscard(
      "a token that is dropped at once limits nothing: keep it in a variable")]] token {
   public:
    token() noexcept = default;  ///< of nothing
    token(token&& other) noexcept
        : from_(std::exchange(other.from_, nullptr)), place_(other.place_) {}
    token& operator=(token&& other) noexcept {
      token taken(std::move(other));
      std::swap(from_, taken.from_);
      std::swap(place_, taken.place_);
      return *this;
    }
    ~token() { release(); }

    /// Gives it back early. Does nothing for an empty one.
    void release() noexcept {
      if (from_ != nullptr) std::exchange(from_, nullptr)->give_back(place_);
    }
    explicit operator bool() const noexcept { return from_ != nullptr; }

   private:
    friend class capacity_limiter;
    token(capacity_limiter& from, borrower_set::iterator place) noexcept
        : from_(&from), place_(place) {}

    capacity_limiter* from_ = nullptr;
    borrower_set::iterator place_;
  };

  class awaiter final : public list_waiter {
   public:
    awaiter(capacity_limiter& l, borrower who, task_context& t);

    bool await_ready() noexcept { return stop_requested(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept;
    token await_resume();

   private:
    friend class capacity_limiter;
    capacity_limiter* limiter_;
    borrower_set::node_type node_;  // empty once it is in the set
    borrower_set::iterator place_;
    bool refused_ = false;  // the borrower has a token already
  };
  class [[nodiscard("write co_await limiter.acquire()")]] acquisition {
   public:
    acquisition(capacity_limiter& l, const void* object) noexcept : limiter_(&l), object_(object) {}
    awaiter bind(task_context& t) const {
      return awaiter(*limiter_, {object_ == nullptr ? t.id() : 0, object_}, t);
    }

   private:
    capacity_limiter* limiter_;
    const void* object_;  // null: the task
  };

  /// Borrows a token for the awaiting task, waiting for it. A checkpoint; `cancelled` means that
  /// none was borrowed. Throws std::logic_error if the task has one already, std::bad_alloc.
  acquisition acquire() noexcept { return acquisition(*this, nullptr); }
  /// The same for whatever `object` stands for: its address is the borrower.
  acquisition acquire_on_behalf_of(const void* object) noexcept {
    return acquisition(*this, object);
  }
  /// A token for `object` if one is available and owed to nobody, else an empty one. No checkpoint.
  /// Throws std::logic_error if `object` has one already, std::bad_alloc.
  [[nodiscard]] token try_acquire_on_behalf_of(const void* object);

  [[nodiscard]] std::size_t total_tokens() const noexcept;
  /// Changes the total: more are lent at once to those who wait; if it is less than are borrowed,
  /// none is lent until enough have come back.
  void set_total_tokens(std::size_t total) noexcept;

  [[nodiscard]] std::size_t borrowed_tokens() const noexcept;
  /// Total less borrowed; negative after the total was lowered below that. A snapshot, as the
  /// others.
  [[nodiscard]] std::ptrdiff_t available_tokens() const noexcept;

 private:
  [[nodiscard]] bool lend(awaiter& a) noexcept;
  [[nodiscard]] bool lend_batch(released_waiters& served) noexcept;
  void lend_and_unlock() noexcept;
  void give_back(borrower_set::iterator place) noexcept;

  std::size_t total_;  // these three are guarded by waiter_lock(this)
  borrower_set borrowers_;
  waiter_list waiters_;
};

}  // namespace jackdaw
