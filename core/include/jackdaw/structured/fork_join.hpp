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
// makes a context for it.
//
// What a fork costs is its stores: they leave the core one by one, and everything else hides behind
// them. So the usual way, where the first strand runs everything, is written out here, in functions
// that call nothing and therefore save no registers; whatever is unusual they leave to a function
// in the source file, by a tail call, before they have changed anything. Invariants
//  1. The offer, `next_`, `strands_` and `spare_` belong to whoever holds the offer; it is handed
//  over by the deque or by the executor.
//  2. Who begins the last child makes no offer; from then on `strands_` is final and belongs to the
//  last child.
//  3. The join is complete when every strand has ended: `arrivals_` is 0 after the last child has
//  added strands_ - 1 and every other strand's end has subtracted 1.
//  4. A context belongs to one strand, from its first child's begin to its last child's end.
//  5. A strand that has paused is not counted; it is the offer holder's to go on with or to retire.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/pointer_pair.hpp>
#include <jackdaw/cancellation/scope.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/coroutine/dropped_tasks.hpp>
#include <jackdaw/coroutine/promise.hpp>
#include <jackdaw/coroutine/result_cell.hpp>
#include <jackdaw/lane.hpp>
#include <jackdaw/task.hpp>

// A function that ends in jumps to others, in every build, and such a jump; see docs/compilers.md.
#if defined(__clang__)
#define JACKDAW_JUMPS
#define JACKDAW_JUMP_TO [[clang::musttail]] return
#elif defined(__OPTIMIZE__)
#define JACKDAW_JUMPS
#define JACKDAW_JUMP_TO return
#else
#define JACKDAW_JUMPS [[gnu::optimize("O2")]]
#define JACKDAW_JUMP_TO return
#endif

namespace jackdaw {

class fork_join;

/// A child of a fork_join: lives in the awaiting frame.
class forked_child final {
 public:
  forked_child() noexcept = default;
  explicit forked_child(promise_base& p) noexcept : promise_(&p) {}
  forked_child(const forked_child&) = delete;
  forked_child& operator=(const forked_child&) = delete;

  /// What the child will run, and where its outcome goes.
  template <class T>
  void take(promise<T>& p, result_cell<T>& cell) noexcept {
    static_assert(alignof(promise<T>) == alignof(promise_base));  // see frame()
    static_assert(offsetof(forked_child, cell_) ==
                  offsetof(forked_child, promise_) + sizeof(promise_));
    p.cell = &cell;
    base::store_pair(&promise_, static_cast<promise_base*>(&p),
                     static_cast<result_cell_base*>(&cell));
  }

  /// For one that was made with the promise of a task<T>.
  template <class T>
  void take(result_cell<T>& cell) noexcept {
    take(static_cast<promise<T>&>(*promise_), cell);
  }
  /// By a gather that was never awaited.
  void forget() noexcept { base::drop_forgotten(frame(), *promise_); }

 private:
  friend class fork_join;
  /// Instead of being run, by a join that has been cancelled.
  void drop() noexcept { base::drop_unstarted(frame(), *promise_); }
  [[nodiscard]] outcome_kind kind() const noexcept { return cell_->kind(); }
  [[nodiscard]] std::coroutine_handle<> frame() const noexcept {
    return std::coroutine_handle<promise_base>::from_promise(*promise_);
  }

  promise_base* promise_;  // good until the child ends
  result_cell_base* cell_;
};

/// Where a strand stands. It is what the coroutines of its children go on with: it begins as a
/// coroutine's frame does in the ABI that all compilers share, with the pointer to the function
/// that resumes it, and nobody destroys it through a handle. So the end of a child is a symmetric
/// transfer like any other.
class strand_point {
 protected:
  using code = void (*)(void*);

  strand_point() noexcept = default;
  explicit strand_point(code ended) noexcept : resume_(ended) {}
  strand_point(const strand_point&) = delete;
  strand_point& operator=(const strand_point&) = delete;
  ~strand_point() = default;

  friend class fork_join;
  [[nodiscard]] std::coroutine_handle<> handle() noexcept {
    return std::coroutine_handle<>::from_address(this);
  }

  code resume_;          // must be first
  forked_child* child_;  // the one that runs
};

class fork_join final : public work, private strand_point {
 public:
  /// When the others are cancelled.
  enum class policy : std::uint32_t {
    first_error,    ///< gather
    never,          ///< gather_settled
    first_end,      ///< race
    first_success,  ///< first_success
  };
  static constexpr std::uint32_t none = UINT32_MAX;
  static constexpr std::uint32_t max_count = (1U << 30) - 1;

  /// For `count` children, of at least one.
  fork_join(task_context& parent, policy p, std::uint32_t count) noexcept
      : work(take_offer),
        strand_point(ended(p)),
        scope_(*parent.current, parent),
        exec_(parent.exec),
        count_(count & max_count),
        policy_(p) {}
  fork_join(const fork_join&) = delete;
  fork_join& operator=(const fork_join&) = delete;

  /// Begins the children; goes on at `h` when all of them have ended. Returns what runs next.
  [[gnu::always_inline]] std::coroutine_handle<> begin(forked_child* children,
                                                       std::coroutine_handle<> h) noexcept {
    end_ = children + count_;
    awaiting_ = h;
    task_context& context = parent();
    context.current = &scope_;
    child_ = children;
    promise_base& p = *children->promise_;
    if (!scope_.known_ineffective()) [[unlikely]]
      return detour(first_strand_begins);
    set_going(context, p);
    if (count_ != 1) {
      next_ = children + 1;
      lane* const here = base::this_lane();
      if (here == nullptr || here->owner != exec_ || !here->forks.push_to_stock(*this)) [[unlikely]]
        return detour(first_strand_offers);
    }
    return std::coroutine_handle<promise_base>::from_promise(p);
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
  class stolen_strand;

  [[gnu::always_inline]] static fork_join& of_first(void* frame) noexcept {
    return static_cast<fork_join&>(*static_cast<strand_point*>(frame));
  }
  [[nodiscard]] static code ended(policy p) noexcept {
    return p > policy::never ? first_strand_goes_on : go_on;  // a race looks at every end
  }
  // A transfer to `f`, by which it can be left in the middle of things without a call.
  std::coroutine_handle<> detour(code f) noexcept {
    resume_ = f;
    return handle();
  }
  // What the child of the first strand finds in its promise.
  void set_going(task_context& context, promise_base& child) noexcept {
    child.go_on_at(handle(), context);
  }
  // What a coroutine's frame has: a function that goes on, by a tail call, so that no stack grows.
  [[gnu::always_inline]] JACKDAW_JUMPS static void transfer(void* frame) {
    JACKDAW_JUMP_TO (*static_cast<const code*>(frame))(frame);
  }
  // The same, unless there is nothing to run.
  JACKDAW_JUMPS static void transfer_to(void* frame);

  // A child of the first strand has ended. Whatever is not as usual is left to
  // first_strand_goes_on, which looks at everything again.
  JACKDAW_JUMPS static void go_on(void* frame) {
    fork_join& self = of_first(frame);
    forked_child* const child = self.child_;
    if (child->kind() != outcome_kind::value) [[unlikely]]
      JACKDAW_JUMP_TO first_strand_goes_on(frame);
    if (child + 1 == self.end_) {
      if (self.strands_ != 1 || self.paused_ || !self.scope_.untouched()) [[unlikely]]
        JACKDAW_JUMP_TO first_strand_goes_on(frame);
      self.parent().current = self.scope_.parent();
      JACKDAW_JUMP_TO transfer(self.awaiting_.address());
    }
    // An offer is found only on the lane that it was made on.
    lane* const here = base::this_lane();
    if (here == nullptr || here->budget <= 0 || !self.scope_.known_ineffective() ||
        !here->forks.take_back_from_stock(self)) [[unlikely]]
      JACKDAW_JUMP_TO first_strand_goes_on(frame);
    --here->budget;
    // Not always child + 1: while this child was parked, another strand may have begun that one,
    // and may have parked too.
    forked_child* const next = self.next_;
    self.child_ = next;
    promise_base& p = *next->promise_;
    self.set_going(self.parent(), p);
    if (next + 1 != self.end_) {
      self.next_ = next + 1;
      if (!here->forks.push_to_stock(self)) [[unlikely]]
        JACKDAW_JUMP_TO first_strand_offers(frame);
    }
    JACKDAW_JUMP_TO transfer(std::coroutine_handle<promise_base>::from_promise(p).address());
  }
  // The whole of it: a child of the first strand has ended; the first child is to begin; it has
  // begun, but the others have not been offered.
  JACKDAW_JUMPS static void first_strand_goes_on(void* frame);
  JACKDAW_JUMPS static void first_strand_begins(void* frame);
  JACKDAW_JUMPS static void first_strand_offers(void* frame);

  static void take_offer(work& w) noexcept;
  task_context& context_of(strand_point& s) noexcept;
  std::coroutine_handle<> begin_next(strand_point& s) noexcept;
  std::coroutine_handle<> child_ended(strand_point& s) noexcept;
  std::coroutine_handle<> pause(strand_point& s) noexcept;
  void offer_rest() noexcept;
  void offer_to_executor() noexcept;
  std::coroutine_handle<> complete() noexcept;
  std::coroutine_handle<> close() noexcept;
  void retire(strand_point& s) noexcept;
  std::coroutine_handle<> end_strand(strand_point& s, std::int32_t change) noexcept;
  std::coroutine_handle<> end_last(strand_point& s) noexcept;
  std::coroutine_handle<> skip_rest(strand_point& s) noexcept;
  void decide(const forked_child& child) noexcept;

  scope scope_;
  any_executor* const exec_;  // the parent's, before a child has moved its strand elsewhere
  std::coroutine_handle<> awaiting_;
  forked_child* end_;
  forked_child* next_;                      // the offer holder's: whom to begin next
  strand_point* spare_;                     // the offer holder's: the strand that has paused
  std::uint32_t strands_ : 31 = 1;          // the offer holder's, then the last child's
  std::uint32_t paused_ : 1 = 0;            // the offer holder's: is there a spare_?
  base::atomic<std::int32_t> arrivals_{0};  // see invariant 3
  // Apart from strands_: neighbouring bit-fields are one object to the memory model, and others may
  // read these while the offer holder writes.
  const std::uint32_t count_ : 30;
  const policy policy_ : 2;
  base::atomic<std::uint32_t> decisive_{
      none};  // set once, by whichever child decides first; read after the join
};

}  // namespace jackdaw
