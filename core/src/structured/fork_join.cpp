// SPDX-License-Identifier: MIT
#include <jackdaw/structured/fork_join.hpp>

#include <new>
#include <utility>

#include <jackdaw/coroutine/dropped_tasks.hpp>
#include <jackdaw/coroutine/frame_allocator.hpp>

namespace jackdaw {

// A strand that does not run in the awaiting task's context.
class fork_join::stolen_strand final : public task_context, public strand_point {
 public:
  explicit stolen_strand(fork_join& join) noexcept
      : task_context(nullptr, nullptr, join.scope_, *join.exec_, *join.parent().env),
        strand_point(goes_on),
        join_(&join) {}

  static void* operator new(std::size_t size) { return frame_allocator::allocate(size); }
  static void operator delete(void* p, std::size_t size) noexcept {
    frame_allocator::deallocate(p, size);
  }
  // Null if there is no memory.
  static stolen_strand* make(fork_join& join) noexcept {
    try {
      return new stolen_strand(join);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }

 private:
  JACKDAW_JUMPS static void goes_on(void* frame) {
    auto& self = static_cast<stolen_strand&>(*static_cast<strand_point*>(frame));
    JACKDAW_JUMP_TO transfer_to(self.join_->child_ended(self).address());
  }

  fork_join* join_;
};

void fork_join::transfer_to(void* frame) {
  // The frame of a noop_coroutine has a function of another type, which may not be called so.
  if (frame == std::noop_coroutine().address()) return;
  JACKDAW_JUMP_TO transfer(frame);
}

void fork_join::first_strand_goes_on(void* frame) {
  fork_join& self = of_first(frame);
  JACKDAW_JUMP_TO transfer_to(self.child_ended(self).address());
}

void fork_join::first_strand_begins(void* frame) {
  fork_join& self = of_first(frame);
  self.resume_ = ended(self.policy_);
  self.next_ = self.child_;
  JACKDAW_JUMP_TO transfer_to(self.begin_next(self).address());
}

void fork_join::first_strand_offers(void* frame) {
  fork_join& self = of_first(frame);
  self.resume_ = ended(self.policy_);
  // Once it is offered, the children and this object are a thief's as well.
  const std::coroutine_handle<> first = self.child_->frame();
  self.offer_rest();
  JACKDAW_JUMP_TO transfer(first.address());
}

task_context& fork_join::context_of(strand_point& s) noexcept {
  if (&s == this) return parent();
  return static_cast<stolen_strand&>(s);
}

// A thief, or the loop of the worker that made the offer: a new strand begins, or the one that has
// paused goes on.
void fork_join::take_offer(work& w) noexcept {
  auto& self = static_cast<fork_join&>(w);
  strand_point* const strand = self.paused_ ? self.spare_ : stolen_strand::make(self);
  if (strand == nullptr) return self.offer_to_executor();  // later, when there is memory
  self.paused_ = 0;
  ++self.strands_;
  self.begin_next(*strand).resume();
}

std::coroutine_handle<> fork_join::begin_next(strand_point& s) noexcept {
  if (scope_.effective()) [[unlikely]]
    return skip_rest(s);
  forked_child& child = *next_++;
  s.child_ = &child;
  const std::coroutine_handle<> first = child.frame();
  child.promise_->go_on_at(s.handle(), context_of(s));
  if (next_ != end_) offer_rest();
  return first;
}

std::coroutine_handle<> fork_join::child_ended(strand_point& s) noexcept {
  const forked_child& child = *s.child_;
  if (policy_ > policy::never || child.kind() != outcome_kind::value) decide(child);
  if (&child + 1 == end_) return end_last(s);
  // An offer is found only on the lane that it was made on.
  lane* const here = base::this_lane();
  if (here == nullptr || !here->forks.take_back(*this)) return end_strand(s, -1);
  // A tree of forks is one unit of work to the worker's loop: every so many of them it goes back
  // there, so that timers, I/O and other work get their turn (S59).
  if (--here->budget < 0) return pause(s);
  return begin_next(s);
}

// The strand ends here and begins again where the offer is taken; unless another strand, one whose
// child had parked, takes the offer back first and keeps it.
std::coroutine_handle<> fork_join::pause(strand_point& s) noexcept {
  if (paused_) retire(*spare_);
  --strands_;
  spare_ = &s;
  paused_ = 1;
  offer_rest();
  return std::noop_coroutine();
}

void fork_join::offer_rest() noexcept {
  lane* const here = base::this_lane();
  if (here == nullptr || here->owner != exec_) return offer_to_executor();
  const auto pushed = here->forks.push(*this);
  if (pushed == base::fork_deque::pushed::failed) return offer_to_executor();
  if (pushed == base::fork_deque::pushed::shown) here->on_fork(*here);
}

// No deque to steal from here (a strand, an inline executor, a foreign thread), or no memory for
// it: the executor itself keeps the offer.
void fork_join::offer_to_executor() noexcept { exec_->submit(*this); }

// Every child is on the executor of the awaiting task when it ends.
std::coroutine_handle<> fork_join::complete() noexcept {
  parent().current = scope_.parent();
  return scope_.untouched() ? awaiting_ : close();
}

void fork_join::retire(strand_point& s) noexcept {
  if (&s == this) return;  // it goes with the join
  auto& stolen = static_cast<stolen_strand&>(s);
  stolen.dismiss();
  delete &stolen;
}

std::coroutine_handle<> fork_join::end_strand(strand_point& s, std::int32_t change) noexcept {
  retire(s);
  // acq_rel: what the children of all strands did happens before the awaiting task goes on (S1).
  // Partners: each other.
  if (arrivals_.fetch_add(change, std::memory_order_acq_rel) + change != 0)
    return std::noop_coroutine();
  return complete();
}

// No child is left to begin, so the strand that has paused is of no more use either.
std::coroutine_handle<> fork_join::end_last(strand_point& s) noexcept {
  if (paused_) retire(*spare_);
  if (strands_ != 1) return end_strand(s, static_cast<std::int32_t>(strands_) - 1);
  retire(s);
  return complete();
}

std::coroutine_handle<> fork_join::close() noexcept {
  parent().set_resume_point(awaiting_);
  if (!scope_.close(parent())) return std::noop_coroutine();  // the last unpin schedules it
  return awaiting_;
}

// Cancelled before its first step, and all that come after it (S22): nobody else can hold the offer
// now.
std::coroutine_handle<> fork_join::skip_rest(strand_point& s) noexcept {
  while (next_ != end_) {
    next_++->drop();
  }
  return end_last(s);
}

void fork_join::decide(const forked_child& child) noexcept {
  const outcome_kind kind = child.kind();
  // A child that unwound because it was asked to decides nothing; one that threw `cancelled`
  // unasked has failed.
  if (kind == outcome_kind::cancelled && scope_.effective_now()) return;
  const bool decides = policy_ == policy::first_end ||
                       (policy_ == policy::first_error && kind != outcome_kind::value) ||
                       (policy_ == policy::first_success && kind == outcome_kind::value);
  if (!decides) return;
  std::uint32_t expected = none;
  const auto index = count_ - static_cast<std::uint32_t>(end_ - &child);
  // relaxed: read after the join, which orders it.
  if (!decisive_.compare_exchange_strong(expected, index, std::memory_order_relaxed,
                                         std::memory_order_relaxed))
    return;
  scope_.cancel(cancel_reason(policy_ == policy::first_error ? cancel_kind::sibling_error
                                                             : cancel_kind::race_lost));
}

}  // namespace jackdaw
