// SPDX-License-Identifier: MIT
#include <jackdaw/structured/fork_join.hpp>

#include <new>
#include <utility>

#include <jackdaw/coroutine/dropped_tasks.hpp>
#include <jackdaw/coroutine/frame_allocator.hpp>

namespace jackdaw {

namespace {

// The context of a strand that does not run in the awaiting task's.
class forked_strand final : public task_context {
 public:
  forked_strand(scope& group, any_executor& e, services& env) noexcept
      : task_context(nullptr, nullptr, group, e, env) {}

  static void* operator new(std::size_t size) { return frame_allocator::allocate(size); }
  static void operator delete(void* p, std::size_t size) noexcept {
    frame_allocator::deallocate(p, size);
  }
};

task_context* make_strand(scope& group, any_executor& e, services& env) noexcept {
  try {
    return new forked_strand(group, e, env);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace

// A thief, or the loop of the worker that made the offer: a new strand begins, or the one that has
// paused goes on.
void fork_join::take_offer(work& w) noexcept {
  auto& self = static_cast<fork_join&>(w);
  task_context* strand = std::exchange(self.spare_, nullptr);
  if (strand == nullptr) strand = make_strand(self.scope_, *self.exec_, *self.parent().env);
  if (strand == nullptr) return self.offer_to_executor();  // later, when there is memory
  ++self.strands_;
  self.begin_next(*strand, base::this_lane()).resume();
}

// The strand ends here and begins again where the offer is taken.
std::coroutine_handle<> fork_join::pause(task_context& strand) noexcept {
  --strands_;
  spare_ = &strand;
  offer_rest(base::this_lane());
  return std::noop_coroutine();
}

// No deque to steal from here (a strand, an inline executor, a foreign thread), or no memory for
// it: the executor itself keeps the offer.
void fork_join::offer_to_executor() noexcept { exec_->submit(*this); }

std::coroutine_handle<> fork_join::end_strand(task_context& strand, std::int32_t change) noexcept {
  if (&strand != &parent()) {
    strand.dismiss();
    delete static_cast<forked_strand*>(&strand);
  }
  // acq_rel: what the children of all strands did happens before the awaiting task goes on (S1).
  // Partners: each other.
  if (arrivals_.fetch_add(change, std::memory_order_acq_rel) + change != 0)
    return std::noop_coroutine();
  return complete();
}

std::coroutine_handle<> fork_join::close() noexcept {
  parent().set_resume_point(awaiting_);
  if (!scope_.close(parent())) return std::noop_coroutine();  // the last unpin schedules it
  return awaiting_;
}

// Cancelled before its first step, and all that come after it (S22): nobody else can hold the offer
// now.
std::coroutine_handle<> fork_join::skip_rest(task_context& strand) noexcept {
  while (next_ != end_) {
    next_++->drop();
  }
  if (strands_ == 1) return complete();
  return end_strand(strand, static_cast<std::int32_t>(strands_) - 1);
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
