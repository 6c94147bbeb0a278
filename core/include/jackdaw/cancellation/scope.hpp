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
#include <jackdaw/base/rare_call.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/cancellation/member.hpp>
#include <jackdaw/cancellation/reason.hpp>
#include <jackdaw/work.hpp>

namespace jackdaw {

class task_context;

namespace base {
/// Counts the requests of the process, in twos: the lowest bit is free for a memo's answer. Written
/// by cancel and uncancel, read by every checkpoint; alone on its cache line.
struct alignas(cache_line) cancellation_epoch_line {
  static constexpr std::uint64_t step = 2;
  atomic<std::uint64_t> value{step};
};
inline cancellation_epoch_line cancellation_epoch;
}  // namespace base

class scope : public member {
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
      : member(member::kind::scope),
        shield_(b == barrier::shield),
        parent_(parent),
        owner_(owner),
        memo_(parent != nullptr && b == barrier::none ? parent->memo() : 0) {}
  /// Within `parent`, which lets requests through.
  scope(scope& parent, task_context& owner) noexcept
      : member(member::kind::scope),
        shield_(false),
        parent_(&parent),
        owner_(&owner),
        memo_(parent.memo()) {}
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;
  ~scope() {
    // relaxed: whoever has made a request has let go of the scope before it ends.
    if (kept_reason* r = reason_.load(std::memory_order_relaxed); r != nullptr) [[unlikely]]
      forget(r);
  }

  /// Is a request of this scope, or of an ancestor up to a shield, in force? Two loads when nothing
  /// has changed.
  [[nodiscard]] bool effective() noexcept {
    // relaxed: only compared. A memo brings the request that it stands for, evaluate() reads the
    // epoch anew; and who knows of a request knows its epoch (S21).
    const std::uint64_t epoch = base::cancellation_epoch.value.load(std::memory_order_relaxed);
    const std::uint64_t memo = this->memo();
    if (memo == epoch) [[likely]]
      return false;
    return memo == (epoch | 1) || evaluate().effective;
  }

  /// The same where it takes no more than the two loads; false where it would take more.
  [[nodiscard]] bool known_ineffective() const noexcept {
    // relaxed: as above.
    return memo() == base::cancellation_epoch.value.load(std::memory_order_relaxed);
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
    // relaxed, both: only tasks below link, and they have ended. Whose pin can reach a scope that
    // is not linked, the caller knows by a word of its own: a child by its touched bit, a join by
    // the arrivals of its strands.
    return !linked_.load(std::memory_order_relaxed) && pins_.load(std::memory_order_relaxed) == 1;
  }

  /// Registers a task that is about to park for the first time; links the chain of scopes above it
  /// first.
  void enrol(task_context& t) noexcept;
  void dismiss(task_context& t) noexcept;
  /// Links the scope and those above it to their parents, if they are not, as `enrol` does. The
  /// caller sees to it that the scope has not begun to close, and that its close comes afterwards.
  void link() noexcept;

  [[nodiscard]] scope* parent() const noexcept { return parent_; }
  [[nodiscard]] task_context* owner() const noexcept { return owner_; }
  /// The scope's own deadline in nanoseconds on jd::clock, for introspection and for who catches;
  /// INT64_MAX: none.
  [[nodiscard]] inline std::int64_t deadline() const noexcept;
  /// The earliest deadline of the ancestors up to a shield.
  [[nodiscard]] std::int64_t outer_deadline() const noexcept;

  [[nodiscard]] bool shielded() const noexcept { return shield_; }
  /// Is it the scope of a task-local's value? See task_local.hpp.
  [[nodiscard]] bool binds() const noexcept { return binds_; }
  /// Is it a group_scope? See cancellation/group_scope.hpp.
  [[nodiscard]] bool of_group() const noexcept { return of_group_; }

  /// Calls `visit(member&)` for every registered member under the scope's lock, for a group's also
  /// for those in its annexes; for introspection.
  template <class Visit>
  void for_each_member(Visit visit) {
    const auto look = [&](member& m) {
      if (m.what() == member::kind::scope && static_cast<scope&>(m).annex_) {
        static_cast<scope&>(m).for_each_member(visit);
      } else {
        visit(m);
      }
    };
    lock_.lock();
    members_.for_each(look);
    visiting_.for_each(look);
    lock_.unlock();
  }

 protected:
  struct kept_reason {
    cancel_reason why;
    kept_reason* older;
  };

  void mark_block() noexcept { of_block_ = true; }
  void mark_binding() noexcept { binds_ = true; }
  void mark_group() noexcept { of_group_ = true; }
  void mark_annex() noexcept { annex_ = true; }

 private:
  friend class cancel_walk;
  friend class group_scope;

  [[nodiscard]] std::uint64_t memo() const noexcept {
    return memo_.load(std::memory_order_acquire);  // partner: keep_answer's release
  }
  [[nodiscard]] bool is_linked() const noexcept {
    // acquire: partner of link_to_parent. Who climbs no further comes after the linking, and so
    // after each walk that has missed it, and after that walk's epoch.
    return linked_.load(std::memory_order_acquire);
  }
  bool request_stop(const cancel_reason& why, request level) noexcept;
  void keep_answer(const scope& last, std::uint64_t fresh) noexcept;
  JACKDAW_RARE_CALL static void forget(kept_reason* reasons) noexcept;
  bool set_request(const cancel_reason& why, request level) noexcept;
  void leave(member& m) noexcept;
  void unlink() noexcept;
  static void link_deep(scope& bottom) noexcept;
  void link_to_parent() noexcept;
  [[nodiscard]] bool chain_requested(bool own) const noexcept;

  const bool shield_;
  bool of_block_ = false;  // is a block_scope; set by its constructor
  bool binds_ = false;     // carries a task_local's value; set before any task below it exists
  base::atomic<bool> linked_{
      false};  // in parent's members; written under parent's lock_, read by anyone below
  base::atomic<request> state_{
      request::none};        // written by cancellers and, for uncancel, by the owner
  bool of_group_ = false;    // can say how many tasks are in it; set by its constructor
  bool walked_ = false;      // a walk has it in hand
  bool walk_again_ = false;  // another request has come since that began
  bool annex_ = false;       // holds members of its parent; set by its constructor
  base::small_mutex lock_;   // guards members_, visiting_, walked_, walk_again_
  // 1 for the owner, plus walkers, timers and handles. The one that takes it to 0 ends the scope.
  base::atomic<std::uint32_t> pins_{1};
  scope* const parent_;
  task_context* const owner_;
  // epoch | effective; written by whoever evaluates, trusted only while its epoch is the
  // current one.
  base::atomic<std::uint64_t> memo_;
  member_list members_;
  member_list visiting_;  // the members that the walk has still to see
  // The latest request's, the others behind it: who reads one may still be at it when the request
  // is taken back. Pushed under lock_.
  base::atomic<kept_reason*> reason_{nullptr};
  scope* next_walked_;  // of the scopes that one walk has in hand
  union {
    scope* down_;            // path of link_deep, under its global lock, while tasks run below
    task_context* closing_;  // who waits for the last unpin
  };
};

/// The scope of a statement: of a group, a timeout, a shield. Statements nest as deep as the user
/// likes, so this one remembers what was found above it. The scopes of tasks and of gathers, of
/// which there are very many, are bare ones.
class block_scope : public scope {
 public:
  block_scope() noexcept : block_scope(nullptr, nullptr) {}
  block_scope(scope* parent, task_context* owner, barrier b = barrier::none) noexcept
      : scope(parent, owner, b) {
    mark_block();
  }

  void set_deadline(std::int64_t ns) noexcept { deadline_.store(ns, std::memory_order_relaxed); }

 private:
  friend class scope;

  [[nodiscard]] const kept_reason* remembered_reason(std::uint64_t epoch) noexcept;
  void remember_reason(std::uint64_t epoch, const kept_reason* r) noexcept;

  base::atomic<std::int64_t> deadline_{
      INT64_MAX};  // written by deadline_scope; a number, orders nothing
  // What effective_reason found in an epoch; the record belongs to this scope or to one above.
  // Guarded by waiter_lock(this).
  std::uint64_t remembered_epoch_ = 0;
  const kept_reason* remembered_;
};

inline std::int64_t scope::deadline() const noexcept {
  if (!of_block_) return INT64_MAX;
  return static_cast<const block_scope*>(this)->deadline_.load(std::memory_order_relaxed);
}

}  // namespace jackdaw
