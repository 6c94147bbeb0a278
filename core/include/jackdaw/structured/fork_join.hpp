// SPDX-License-Identifier: MIT
// The engine below gather, gather_settled and race: runs a fixed set of tasks by continuation
// stealing.
//
// The awaiting task offers *the rest of its children* on the fork deque of its worker and runs the
// next child by symmetric transfer. When a child ends and the offer is still the newest entry,
// nobody stole it: the next child begins with no atomic operation but the deque's. Otherwise the
// offer is in someone else's hands and the child arrives at the join. After Blumofe and Leiserson's
// work-first principle; the join counts like Nowa's (Schmaus et al., "Nowa: A Wait-Free
// Continuation-Stealing Concurrency Platform", IPDPS 2021): the holder of the offer counts strands
// without atomics, the others subtract.
//
// A *strand* is a chain of children, each begun where its predecessor ended. There is one at first;
// whoever takes the offer in any other way than from the end of a child (a thief, or the worker's
// loop after a child has parked) begins another one. Invariants
//  1. The offer, `next_` and `strands_` belong to whoever holds the offer; it is handed over by the
//  deque or by the executor.
//  2. Who begins the last child makes no offer; from then on `strands_` is final and belongs to the
//  last child.
//  3. The join is complete when every strand has ended: `arrivals_` is 0 after the last child has
//  added strands_ - 1 and every other
//     strand's end has subtracted 1.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/scope.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/coroutine/promise.hpp>
#include <jackdaw/coroutine/result_cell.hpp>
#include <jackdaw/lane.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

class fork_join;

/// A child of a fork_join: lives in the awaiting frame.
class forked_child final : public task_context {
 public:
  forked_child(fork_join& join, scope& group, const task_context& parent) noexcept
      : task_context(nullptr, ended, group, parent), join_(&join) {}

  /// What the child will run, and where its outcome goes.
  template <class T>
  void prepare(task<T>&& t, result_cell<T>& cell) noexcept {
    const auto frame = t.release();
    frame.promise().context = this;
    frame.promise().cell = &cell;
    frame_ = frame;
    promise_ = &frame.promise();
    cell_ = &cell;
  }

  [[nodiscard]] outcome_kind kind() const noexcept { return cell_->kind(); }

 private:
  friend class fork_join;
  static std::coroutine_handle<> ended(task_context& t) noexcept;

  fork_join* join_;
  std::coroutine_handle<> frame_;  // until it has begun
  promise_base* promise_ = nullptr;
  result_cell_base* cell_ = nullptr;
};

class fork_join final : public work {
 public:
  /// When the others are cancelled.
  enum class policy : std::uint8_t {
    first_error,    ///< gather
    never,          ///< gather_settled
    first_end,      ///< race
    first_success,  ///< first_success
  };
  static constexpr std::uint32_t none = UINT32_MAX;

  fork_join(task_context& parent, policy p) noexcept
      : work(take_offer), scope_(parent.current, &parent), parent_(&parent), policy_(p) {}
  fork_join(const fork_join&) = delete;
  fork_join& operator=(const fork_join&) = delete;

  /// Begins the children; goes on at `h` when all of them have ended. count > 0. Returns what runs
  /// next.
  std::coroutine_handle<> begin(forked_child* children, std::uint32_t count,
                                std::coroutine_handle<> h) noexcept {
    children_ = children;
    count_ = count;
    awaiting_ = h;
    return begin_next();
  }

  /// The scope that the children run in.
  [[nodiscard]] scope& group() noexcept { return scope_; }
  [[nodiscard]] task_context& parent() const noexcept { return *parent_; }
  /// After the end: the child that decided (the first error, end or success, by the policy), or
  /// `none`.
  [[nodiscard]] std::uint32_t decisive() const noexcept {
    return decisive_.load(std::memory_order_relaxed);
  }

 private:
  friend class forked_child;

  static void take_offer(work& w) noexcept;
  std::coroutine_handle<> begin_next() noexcept {
    if (turn_is_over()) [[unlikely]]
      return pause();
    forked_child& child = children_[next_++];
    if (scope_.effective()) [[unlikely]]
      return skip_from(child);
    if (next_ != count_) offer_rest();
    return child.frame_;
  }
  // A tree of forks is one unit of work to the worker's loop: every so many of them it goes back
  // there, so that timers, I/O and other work get their turn (S59).
  [[nodiscard]] bool turn_is_over() const noexcept {
    lane* const here = base::this_lane();
    return here != nullptr && --here->budget < 0;
  }
  std::coroutine_handle<> pause() noexcept;
  void offer_rest() noexcept {
    lane* const here = base::this_lane();
    if (here == nullptr || here->owner != parent_->exec) [[unlikely]]
      return offer_to_executor();
    const bool first = here->forks.empty();
    if (!here->forks.push(*this)) [[unlikely]]
      return offer_to_executor();
    if (first) here->on_fork(*here);
  }
  void offer_to_executor() noexcept;
  [[nodiscard]] bool retake_offer() noexcept {
    lane* const here = base::this_lane();
    return here != nullptr && here->owner == parent_->exec && here->forks.take_back(*this);
  }

  std::coroutine_handle<> child_ended(forked_child& child) noexcept {
    if (child.enrolled) [[unlikely]]
      child.dismiss();
    if (child.kind() != outcome_kind::value || policy_ > policy::never) [[unlikely]]
      decide(child);
    if (&child == children_ + (count_ - 1)) return last_ended();
    if (retake_offer()) [[likely]]
      return begin_next();
    return arrive(-1);
  }
  std::coroutine_handle<> last_ended() noexcept {
    if (strands_ == 1) [[likely]]
      return complete();
    return arrive(static_cast<std::int32_t>(strands_) - 1);
  }
  std::coroutine_handle<> arrive(std::int32_t change) noexcept;
  std::coroutine_handle<> complete() noexcept;
  std::coroutine_handle<> skip_from(forked_child& child) noexcept;
  void decide(const forked_child& child) noexcept;

  scope scope_;
  task_context* parent_;
  forked_child* children_ = nullptr;
  std::coroutine_handle<> awaiting_;
  std::uint32_t count_ = 0;
  std::uint32_t next_ = 0;     // the offer holder's
  std::uint32_t strands_ = 1;  // the offer holder's, then the last child's
  const policy policy_;
  base::atomic<std::int32_t> arrivals_{0};  // see invariant 3
  base::atomic<std::uint32_t> decisive_{
      none};  // set once, by whichever child decides first; read after the join
};

inline std::coroutine_handle<> forked_child::ended(task_context& t) noexcept {
  auto& self = static_cast<forked_child&>(t);
  return self.join_->child_ended(self);
}

}  // namespace jackdaw
