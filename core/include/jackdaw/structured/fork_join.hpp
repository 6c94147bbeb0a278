// SPDX-License-Identifier: MIT
// The engine below gather, gather_settled and race: runs a fixed set of tasks by continuation
// stealing.
//
// The awaiting task offers *the rest of its children* on the fork deque of its worker and runs the
// next child by symmetric transfer. When a child ends and the offer is still the newest entry,
// nobody stole it: the next child begins with no atomic read-modify-write. Otherwise the offer is
// in someone else's hands and the child arrives at the join. After Blumofe and Leiserson's
// work-first principle; the join counts like Nowa's (Schmaus et al., "Nowa: A Wait-Free
// Continuation-Stealing Concurrency Platform", IPDPS 2021): the holder of the offer counts strands
// without atomics, the others subtract.
//
// A *strand* is a chain of children, each begun where its predecessor ended. There is one at first,
// and it runs in the context of the awaiting task, which has no use for it meanwhile: so a child
// that nobody steals costs no context. Whoever takes the offer in any other way than from the end
// of a child (a thief, or the worker's loop after a child has parked) begins another strand, and
// makes a context for it. Invariants
//  1. The offer, `next_`, `strands_` and `spare_` belong to whoever holds the offer; it is handed
//  over by the deque or by the executor.
//  2. Who begins the last child makes no offer; from then on `strands_` is final and belongs to the
//  last child.
//  3. The join is complete when every strand has ended: `arrivals_` is 0 after the last child has
//  added strands_ - 1 and every other strand's end has subtracted 1.
//  4. A context belongs to one strand, from its first child's begin to its last child's end.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/scope.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/coroutine/dropped_tasks.hpp>
#include <jackdaw/coroutine/promise.hpp>
#include <jackdaw/coroutine/result_cell.hpp>
#include <jackdaw/lane.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

class fork_join;

/// A child of a fork_join: lives in the awaiting frame.
///
/// It is what its coroutine goes on with: it begins as a coroutine's frame does in the ABI that all
/// compilers share, with the pointer to the function that resumes it, and nobody destroys it
/// through a handle. So the end of a child is a symmetric transfer like any other.
class forked_child final {
 public:
  using function = void (*)(void*);

  forked_child() noexcept = default;
  forked_child(const forked_child&) = delete;
  forked_child& operator=(const forked_child&) = delete;

  /// Takes over what the child will run.
  template <class T>
  void take(task<T>&& t) noexcept {
    static_assert(alignof(promise<T>) == alignof(promise_base));  // see frame()
    promise_ = &t.release().promise();
  }
  void take(forked_child& other) noexcept { promise_ = std::exchange(other.promise_, nullptr); }
  /// For one that has taken a task: where it belongs, and where its outcome goes.
  template <class T>
  void prepare(fork_join& join, result_cell<T>& cell, function ended) noexcept {
    auto& p = static_cast<promise<T>&>(*promise_);
    p.continuation = std::coroutine_handle<>::from_address(this);
    p.cell = &cell;
    resume_ = ended;
    join_ = &join;
    cell_ = &cell;
  }
  /// Instead of being run, by a join that has been cancelled.
  void drop() noexcept { base::drop_unstarted(frame(), *promise_); }
  /// By a gather that was never awaited.
  void forget() noexcept {
    if (promise_ != nullptr) base::drop_forgotten(frame(), *promise_);
  }

 private:
  friend class fork_join;
  [[nodiscard]] outcome_kind kind() const noexcept { return cell_->kind(); }
  [[nodiscard]] std::coroutine_handle<> frame() const noexcept {
    return std::coroutine_handle<promise_base>::from_promise(*promise_);
  }

  function resume_;  // must be first
  fork_join* join_;
  union {
    promise_base* promise_;  // until it begins
    task_context* strand_;   // from then on: whose it is
  };
  result_cell_base* cell_;
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
      : work(take_offer), scope_(*parent.current, parent), exec_(parent.exec), policy_(p) {}
  fork_join(const fork_join&) = delete;
  fork_join& operator=(const fork_join&) = delete;

  /// Begins the children; goes on at `h` when all of them have ended. count > 0. Returns what runs
  /// next.
  std::coroutine_handle<> begin(forked_child* children, std::uint32_t count,
                                std::coroutine_handle<> h) noexcept {
    children_ = next_ = children;
    end_ = children + count;
    awaiting_ = h;
    parent().current = &scope_;
    return begin_next(parent(), base::this_lane());
  }

  /// What the coroutine of a child goes on with.
  [[nodiscard]] static forked_child::function ending(policy p, bool last) noexcept {
    if (p > policy::never) return last ? go_on<true, true> : go_on<true, false>;
    return last ? go_on<false, true> : go_on<false, false>;
  }

  /// The scope that the children run in.
  [[nodiscard]] scope& group() noexcept { return scope_; }
  [[nodiscard]] task_context& parent() const noexcept { return *scope_.owner(); }
  /// After the end: the child that decided (the first error, end or success, by the policy), or
  /// `none`.
  [[nodiscard]] std::uint32_t decisive() const noexcept {
    return decisive_.load(std::memory_order_relaxed);
  }

 private:
  friend class forked_child;

  static void take_offer(work& w) noexcept;
  // `here` is the lane of the calling thread, or null.
  [[gnu::always_inline]] std::coroutine_handle<> begin_next(task_context& strand,
                                                            lane* here) noexcept {
    if (scope_.effective()) [[unlikely]]
      return skip_rest(strand);
    forked_child& child = *next_++;
    const std::coroutine_handle<> first = child.frame();
    child.promise_->context = &strand;
    child.strand_ = &strand;
    if (next_ != end_) offer_rest(here);
    return first;
  }
  std::coroutine_handle<> pause(task_context& strand) noexcept;
  void offer_rest(lane* here) noexcept {
    if (here == nullptr || here->owner != exec_) [[unlikely]]
      return offer_to_executor();
    const auto pushed = here->forks.push(*this);
    if (pushed != base::fork_deque::pushed::stocked) [[unlikely]] {
      if (pushed == base::fork_deque::pushed::failed) return offer_to_executor();
      here->on_fork(*here);
    }
  }
  void offer_to_executor() noexcept;

  template <bool Racing, bool Last>
  [[gnu::always_inline]] std::coroutine_handle<> child_ended(forked_child& child) noexcept {
    task_context& strand = *child.strand_;
    if (Racing || child.kind() != outcome_kind::value) [[unlikely]]
      decide(child);
    if constexpr (Last) {
      if (strands_ == 1) [[likely]]
        return complete();
      return end_strand(strand, static_cast<std::int32_t>(strands_) - 1);
    } else {
      // An offer is found only on the lane that it was made on.
      lane* const here = base::this_lane();
      if (here == nullptr || !here->forks.take_back(*this)) [[unlikely]]
        return end_strand(strand, -1);
      // A tree of forks is one unit of work to the worker's loop: every so many of them it goes
      // back there, so that timers, I/O and other work get their turn (S59).
      if (--here->budget < 0) [[unlikely]]
        return pause(strand);
      return begin_next(strand, here);
    }
  }
  // What a coroutine's frame has: a function that goes on, by a tail call, so that no stack grows.
  template <bool Racing, bool Last>
  static void go_on(void* frame) {
    auto& child = *static_cast<forked_child*>(frame);
    void* const next = child.join_->child_ended<Racing, Last>(child).address();
    // Its frame has a function of another type, which may not be called so.
    if (next == std::noop_coroutine().address()) [[unlikely]]
      return;
#if defined(__clang__)
    [[clang::musttail]]
#endif
    return (*static_cast<const forked_child::function*>(next))(next);
  }
  // Every child is on the executor of the awaiting task when it ends.
  [[gnu::always_inline]] std::coroutine_handle<> complete() noexcept {
    parent().current = scope_.parent();
    if (scope_.untouched()) [[likely]]
      return awaiting_;
    return close();
  }
  std::coroutine_handle<> close() noexcept;
  std::coroutine_handle<> end_strand(task_context& strand, std::int32_t change) noexcept;
  std::coroutine_handle<> skip_rest(task_context& strand) noexcept;
  void decide(const forked_child& child) noexcept;

  scope scope_;
  any_executor* const exec_;  // the parent's, before a child has moved its strand elsewhere
  std::coroutine_handle<> awaiting_;
  forked_child* children_ = nullptr;
  forked_child* next_ = nullptr;  // the offer holder's
  forked_child* end_ = nullptr;
  task_context* spare_ = nullptr;  // the offer holder's: of the strand that has paused
  std::uint32_t strands_ = 1;      // the offer holder's, then the last child's
  const policy policy_;
  base::atomic<std::int32_t> arrivals_{0};  // see invariant 3
  base::atomic<std::uint32_t> decisive_{
      none};  // set once, by whichever child decides first; read after the join
};

}  // namespace jackdaw
