// SPDX-License-Identifier: MIT
#include <jackdaw/structured/fork_join.hpp>

#include <utility>

#include <jackdaw/coroutine/dropped_tasks.hpp>

namespace jackdaw {

// A thief, or the loop of the worker that made the offer: a new strand begins.
void fork_join::take_offer(work& w) noexcept {
  auto& self = static_cast<fork_join&>(w);
  ++self.strands_;
  self.begin_next().resume();
}

// The strand ends here and begins again where the offer is taken.
std::coroutine_handle<> fork_join::pause() noexcept {
  --strands_;
  offer_rest();
  return std::noop_coroutine();
}

// No deque to steal from here (a strand, an inline executor, a foreign thread), or no memory for
// it: the executor itself keeps the offer.
void fork_join::offer_to_executor() noexcept { parent_->exec->submit(*this); }

std::coroutine_handle<> fork_join::arrive(std::int32_t change) noexcept {
  // acq_rel: what the children of all strands did happens before the awaiting task goes on (S1).
  // Partners: each other.
  if (arrivals_.fetch_add(change, std::memory_order_acq_rel) + change != 0)
    return std::noop_coroutine();
  return complete();
}

std::coroutine_handle<> fork_join::complete() noexcept {
  parent_->set_resume_point(awaiting_);
  if (!scope_.close(*parent_)) return std::noop_coroutine();  // the last unpin schedules it
  const lane* const here = base::this_lane();
  if (here == nullptr || here->owner == parent_->exec) return awaiting_;
  parent_->schedule();
  return std::noop_coroutine();
}

// Cancelled before its first step, and all that come after it (S22): nobody else can hold the offer
// now.
std::coroutine_handle<> fork_join::skip_from(forked_child& child) noexcept {
  for (forked_child* c = &child; c != children_ + count_; ++c) {
    base::drop_unstarted(std::exchange(c->frame_, nullptr), *c->promise_);
  }
  next_ = count_;
  return last_ended();
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
  const auto index = static_cast<std::uint32_t>(&child - children_);
  // relaxed: read after the join, which orders it.
  if (!decisive_.compare_exchange_strong(expected, index, std::memory_order_relaxed,
                                         std::memory_order_relaxed))
    return;
  scope_.cancel(cancel_reason(policy_ == policy::first_error ? cancel_kind::sibling_error
                                                             : cancel_kind::race_lost));
}

}  // namespace jackdaw
