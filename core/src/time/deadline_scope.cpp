// SPDX-License-Identifier: MIT
#include <jackdaw/time/deadline_scope.hpp>

#include <mutex>

namespace jackdaw {

deadline_scope::deadline_scope(task_context& owner, clock::time_point tp, scope::barrier b) noexcept
    : timer_node(fire),
      scope_(owner.current, &owner, b),
      owner_(&owner),
      deadline_(tp.time_since_epoch().count()) {
  scope_.set_deadline(tp.time_since_epoch().count());
}

void deadline_scope::enter() noexcept {
  owner_->current = &scope_;
  timer_node::deadline = deadline_.load(std::memory_order_relaxed);  // ours alone as yet
  if (timer_node::deadline <= owner_->env->timers.now()) {
    state_ = state::fired;
    expire_now();
    return;
  }
  state_ = state::armed;
  scope_.pin();  // the timer's
  owner_->env->timers.add(*this);
}

void deadline_scope::expire_now() noexcept {
  expired_.store(true, std::memory_order_relaxed);  // a flag; the request is the scope's
  scope_.cancel(cancel_reason(cancel_kind::deadline));
}

// Outside of the service's locks. The pin keeps the scope until the last line.
void deadline_scope::fire(timer_node& n) noexcept {
  auto& self = static_cast<deadline_scope&>(n);
  {
    const std::lock_guard guard(self.lock_);
    if (self.state_ == state::armed) self.state_ = state::fired;
  }
  if (self.state_ == state::fired) self.expire_now();
  self.scope_.unpin();
}

void deadline_scope::stop_clock() noexcept {
  const std::lock_guard guard(lock_);
  const bool running = state_ == state::armed;
  if (running && owner_->env->timers.remove(*this)) {
    state_ = state::stopped;
    scope_.unpin();
  } else if (running) {
    state_ = state::stopped;  // it is about to fire, finds this, and gives its pin back
  }
}

bool deadline_scope::reschedule(clock::time_point tp) noexcept {
  const std::lock_guard guard(lock_);
  if (state_ != state::armed || !owner_->env->timers.remove(*this)) return false;
  timer_node::deadline = tp.time_since_epoch().count();
  deadline_.store(timer_node::deadline, std::memory_order_relaxed);  // a number; orders nothing
  scope_.set_deadline(timer_node::deadline);
  owner_->env->timers.add(*this);
  return true;
}

clock::time_point deadline_scope::deadline() const noexcept {
  return clock::time_point(clock::duration(deadline_.load(std::memory_order_relaxed)));
}

bool deadline_scope::caught() noexcept {
  if (scope_.parent_effective_now()) return false;
  const std::int64_t mine = deadline_.load(std::memory_order_relaxed);
  // An outer deadline that is as early, but whose timer has not got round to it yet, comes first
  // (S36).
  if (scope_.outer_deadline() <= mine) return false;
  return expired() || mine <= owner_->env->timers.now();
}

}  // namespace jackdaw
