// SPDX-License-Identifier: MIT
// A cancel scope: the unit that is asked to stop, a node in the tree of scopes.
//
// Thread safety: `cancel`, `pin`, `unpin` from any thread while the scope is alive or pinned;
// `enter`, `exit`, `uncancel` by the task that owns it. Protocol: core/src/cancellation/README.md.
// Invariants
//  1. A scope lives in its owner's frame; it outlives every task and scope below it.
//  2. `members` holds the tasks and scopes that have registered; a scope is registered only if all
//  its ancestors are.
//  3. A request sets `state_` first and then bumps the epoch, so an answer computed for the current
//  epoch is never too old.
#pragma once

#include <cstddef>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/cancellation/member.hpp>
#include <jackdaw/cancellation/reason.hpp>
#include <jackdaw/work.hpp>

namespace jackdaw {

class task_context;

namespace base {
/// Counts the requests of the process. Written by cancel and uncancel, read by every checkpoint;
/// alone on its cache line.
struct alignas(cache_line) cancellation_epoch_line {
  atomic<std::uint64_t> value{1};
};
inline cancellation_epoch_line cancellation_epoch;
}  // namespace base

class scope final : public member {
 public:
  enum class barrier : std::uint8_t { none, shield };
  enum class request : std::uint8_t { none, requested, hard };

  /// An answer to "is a request effective here", and the epoch that it was computed for.
  struct answer {
    bool effective;
    std::uint64_t epoch;
  };

  scope() noexcept : scope(nullptr, nullptr) {}
  scope(scope* parent, task_context* owner, barrier b = barrier::none) noexcept
      : member(member::kind::scope), parent_(parent), owner_(owner), shield_(b == barrier::shield) {
    if (parent != nullptr && !shield_) {
      // acquire: partner of keep_answer. relaxed: nobody else knows this scope yet.
      memo_.store(parent->memo_.load(std::memory_order_acquire), std::memory_order_relaxed);
    }
  }
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;
  ~scope();

  /// Is a request of this scope, or of an ancestor up to a shield, in force? Two loads when nothing
  /// has changed.
  [[nodiscard]] bool effective() noexcept {
    // acquire: partner of cancel()'s bump; who sees the new epoch sees the request (S21).
    const std::uint64_t epoch = base::cancellation_epoch.value.load(std::memory_order_acquire);
    const std::uint64_t memo =
        memo_.load(std::memory_order_acquire);  // partner: keep_answer's release
    if ((memo >> 1) == epoch) [[likely]] {
      return (memo & 1) != 0;
    }
    return evaluate().effective;
  }

  /// The same, with the epoch that the answer holds for.
  [[nodiscard]] answer evaluate() noexcept;

  /// Requests cancellation. The first request wins; false if there was one already. Runs no user
  /// code, never throws (S17). The caller guarantees that the scope is alive.
  bool cancel(const cancel_reason& why) noexcept { return request_stop(why, request::requested); }
  /// The runtime's last resort: passes shields (S44).
  bool cancel_hard(const cancel_reason& why) noexcept { return request_stop(why, request::hard); }
  /// Takes this scope's own request back. Owner only (S20).
  bool uncancel() noexcept;
  /// As `cancel`, where the caller knows that nothing else lives in the scope: no epoch, no walk.
  void mark_failed(const cancel_reason& why) noexcept;

  [[nodiscard]] bool requested() const noexcept {
    return state_.load(std::memory_order_acquire) !=
           request::none;  // partner: request_stop's release
  }
  /// Read from own states up the chain, never from negative memos: who catches, is this `cancelled`
  /// foreign.
  [[nodiscard]] bool effective_now() noexcept;
  [[nodiscard]] bool parent_effective_now() noexcept;
  /// The reason of the innermost request that is in force here.
  [[nodiscard]] cancel_reason effective_reason() noexcept;
  [[nodiscard]] cancel_reason own_reason() const noexcept;

  /// Keeps the scope from ending. A pin may be taken only by someone who knows that the scope has
  /// not begun to end.
  void pin() noexcept;
  void unpin() noexcept;

  /// The owner leaves. True: done, the scope may be destroyed. False: it is pinned, and `waiting`
  /// is submitted to its executor once the last pin goes.
  [[nodiscard]] bool close(task_context& waiting) noexcept;

  /// Has nobody but its owner ever had to do with it, as far as can be seen?
  [[nodiscard]] bool untouched() const noexcept {
    // acquire, both: partners are link_to_parent and unpin.
    return !linked_.load(std::memory_order_acquire) && pins_.load(std::memory_order_acquire) == 1;
  }

  /// Registers a task that is about to park for the first time; links the chain of scopes above it
  /// first.
  void enrol(task_context& t) noexcept;
  void dismiss(task_context& t) noexcept;

  [[nodiscard]] scope* parent() const noexcept { return parent_; }
  [[nodiscard]] task_context* owner() const noexcept { return owner_; }
  /// The scope's own deadline in nanoseconds on jd::clock, for introspection and for who catches;
  /// INT64_MAX: none.
  void set_deadline(std::int64_t ns) noexcept { deadline_.store(ns, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t deadline() const noexcept {
    return deadline_.load(std::memory_order_relaxed);
  }
  /// The earliest deadline of the ancestors up to a shield.
  [[nodiscard]] std::int64_t outer_deadline() const noexcept;

  [[nodiscard]] bool shielded() const noexcept { return shield_; }

  /// Calls `visit(member&)` for every registered member under the scope's lock; for introspection.
  template <class Visit>
  void for_each_member(Visit visit) {
    lock_.lock();
    for (member_list* list : {&members_, &visiting_}) list->for_each(visit);
    lock_.unlock();
  }

 private:
  friend class cancel_walk;

  bool request_stop(const cancel_reason& why, request level) noexcept;
  void keep_answer(const scope& last, std::uint64_t fresh) noexcept;
  struct kept_reason {
    cancel_reason why;
    kept_reason* older;
  };
  [[nodiscard]] const kept_reason* remembered_reason(std::uint64_t epoch) noexcept;
  void remember_reason(std::uint64_t epoch, const kept_reason* r) noexcept;
  bool set_request(const cancel_reason& why, request level) noexcept;
  void link() noexcept;
  static void link_deep(scope& bottom) noexcept;
  void link_to_parent() noexcept;
  [[nodiscard]] bool chain_requested(bool own) const noexcept;

  scope* const parent_;
  task_context* const owner_;
  const bool shield_;
  base::atomic<bool> linked_{
      false};  // in parent's members; written under parent's lock_, read by anyone below
  base::atomic<request> state_{
      request::none};       // written by cancellers and, for uncancel, by the owner
  base::small_mutex lock_;  // guards members_, visiting_, walking_, walk_again_
  bool walking_ = false;
  bool walk_again_ = false;
  // epoch << 1 | effective; written by whoever evaluates, trusted only while its epoch is the
  // current one.
  base::atomic<std::uint64_t> memo_{0};
  // 1 for the owner, plus walkers, timers and handles. The one that takes it to 0 ends the scope.
  base::atomic<std::uint32_t> pins_{1};
  base::atomic<std::int64_t> deadline_{
      INT64_MAX};  // written by deadline_scope; a number, orders nothing
  member_list members_;
  member_list visiting_;   // the part of members_ that a walk has still to see
  scope* down_ = nullptr;  // path of link_deep, under its global lock
  // The latest request's, the others behind it: who reads one may still be at it when the request
  // is taken back. Pushed under lock_.
  base::atomic<kept_reason*> reason_{nullptr};
  // What effective_reason found in an epoch; the record belongs to this scope or to one above.
  // Guarded by waiter_lock(this).
  std::uint64_t remembered_epoch_ = 0;
  const kept_reason* remembered_ = nullptr;
  task_context* closing_ = nullptr;  // who waits for the last unpin
  struct walk_work final : work {
    explicit walk_work(scope& s) noexcept;
    scope* self;
  } walk_{*this};
};

}  // namespace jackdaw
