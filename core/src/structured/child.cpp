// SPDX-License-Identifier: MIT
#include <jackdaw/structured/child.hpp>

#include <string>

namespace jackdaw {

child_base::child_base(child_owner& owner, scope& group_scope, const inherited& from,
                       std::size_t index) noexcept
    : task_context(start, ended, group_scope, *from.exec, *from.env),
      own_(&group_scope, this),
      owner_(&owner),
      index_(static_cast<std::uint32_t>(index)) {
  current = &own_;
}

void child_base::start(work& w) noexcept {
  auto& self = static_cast<child_base&>(w);
  std::coroutine_handle<> first;
  if (self.own_.effective()) {
    self.set_cancelled_before_start();  // S22
  } else {
    first = self.begin();
  }
  if (!first) first = self.end();
  first.resume();
}

std::coroutine_handle<> child_base::ended(task_context& t) noexcept {
  return static_cast<child_base&>(t).end();
}

void child_base::go_on_ending(work& w) noexcept { static_cast<child_base&>(w).end().resume(); }

// Entered again, through go_on_ending, if it had to wait for a cancel through the handle or for a
// walk to let go.
std::coroutine_handle<> child_base::end() noexcept {
  if (phase_ == phase::running) leave_body();
  child_owner& owner = *owner_;
  // Nobody has ever reached the scope, and the publication fails if somebody does before it: the
  // common case.
  if (phase_ == phase::body_dropped && own_.untouched() && publish()) return owner.child_left();
  if (phase_ == phase::body_dropped) {
    if (!fence_off_cancels()) return std::noop_coroutine();
    phase_ = phase::closed;
    if (!own_.close(*this)) return std::noop_coroutine();
  }
  (void)publish();
  return owner.child_left();
}

void child_base::leave_body() noexcept {
  drop_body();  // S4: arguments are gone before the outcome is visible
  dismiss();
  if (kind() == outcome_kind::cancelled && !own_.effective_now()) {
    // S10: nobody had asked this task to stop.
    set_error(
        base::as_foreign(error(), name.empty() ? "a task" : "task \"" + std::string(name) + "\""));
  }
  if (kind() == outcome_kind::error) kept_ = owner_->child_failed(*this);
  phase_ = phase::body_dropped;
  run = go_on_ending;
}

// False: a cancel through the handle is under way; it will go on with the end.
bool child_base::fence_off_cancels() noexcept {
  // acq_rel: what those cancels did happens before the end. Partner: cancel().
  return state_.fetch_or(ending_bit, std::memory_order_acq_rel) < one_cancel;
}

// False: a cancel through the handle has begun meanwhile. True: nothing of this object may be
// touched any more.
bool child_base::publish() noexcept {
  const std::uint32_t mine = done_bit | (kept_ ? 0 : released_bit);
  std::uint32_t seen =
      state_.load(std::memory_order_acquire);  // partners: drop_handle and announce_waiter
  for (;;) {
    if ((seen & dropped_bit) != 0 && !kept_) {
      destroy();
      return true;
    }
    if (phase_ != phase::closed && (seen & touched_bit) != 0) return false;
    if ((seen & waiting_bit) != 0) {
      if (publish_to_waiters(seen)) return true;
      continue;
    }
    // release: the outcome; partners are done() and drop_handle.
    if (state_.compare_exchange_weak(seen, seen | mine, std::memory_order_acq_rel,
                                     std::memory_order_acquire)) {
      return true;
    }
  }
}

// False: `seen` was outdated, and is up to date now.
bool child_base::publish_to_waiters(std::uint32_t& seen) noexcept {
  base::backoff_mutex& lock = waiter_lock(this);
  const bool kept = kept_;
  lock.lock();
  // As in publish, but not yet released: a handle that one of the woken drops must not free the
  // block under us.
  if (!state_.compare_exchange_strong(seen, seen | done_bit, std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
    lock.unlock();
    return false;
  }
  while (waiter* w = waiters_.pop_front()) grant(*w);
  lock.unlock();
  if (!kept) release();
  return true;
}

bool child_base::announce_waiter() noexcept {
  // Under waiter_lock(this). acquire: the outcome, if it is there; partner: publish().
  return (state_.fetch_or(waiting_bit, std::memory_order_acq_rel) & done_bit) != 0;
}

bool child_base::cancel(const cancel_reason& why) noexcept {
  std::uint32_t seen = state_.load(std::memory_order_relaxed);  // checked again by the exchange
  do {
    if ((seen & (done_bit | ending_bit)) != 0) return false;
    // relaxed: a count, and while it is not 0 the task does not end. What is used meanwhile came
    // with the handle.
  } while (!state_.compare_exchange_weak(seen, (seen | touched_bit) + one_cancel,
                                         std::memory_order_relaxed, std::memory_order_relaxed));
  const bool first = own_.cancel(why);
  // release: own_, and what is above it, is not touched after this. acquire: the end's own state,
  // which is handed on. Partner of both: fence_off_cancels.
  const std::uint32_t old = state_.fetch_sub(one_cancel, std::memory_order_acq_rel);
  if (old / one_cancel == 1 && (old & ending_bit) != 0 && (old & done_bit) == 0) schedule();
  return first;
}

void child_base::drop_handle() noexcept {
  // acq_rel: the last side to let go destroys what both have used. Partners: publish() and
  // release().
  if ((state_.fetch_or(dropped_bit, std::memory_order_acq_rel) & released_bit) != 0) destroy();
}

void child_base::release() noexcept {
  if ((state_.fetch_or(released_bit, std::memory_order_acq_rel) & dropped_bit) != 0)
    destroy();  // as drop_handle
}

}  // namespace jackdaw
