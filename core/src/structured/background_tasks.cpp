// SPDX-License-Identifier: MIT
#include <jackdaw/structured/background_tasks.hpp>

#include <mutex>
#include <stdexcept>

#include <jackdaw/lane.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/structured/timeout.hpp>

namespace jackdaw {

background_core::background_core(services& env) noexcept
    : scope_(nullptr, &anchor_, *this), anchor_(*this, env) {
  env.background.add(*this);
}

std::size_t background_core::enter() {
  if (closed_.load(std::memory_order_relaxed)) throw group_closed();  // a flag; orders nothing
  references_.fetch_add(
      1, std::memory_order_relaxed);  // the caller holds one; the child's submission publishes it
  live_.fetch_add(1, std::memory_order_relaxed);  // as above
  return spawned_.fetch_add(1, std::memory_order_relaxed);
}

std::size_t background_core::live() const noexcept {
  return live_.load(
      std::memory_order_acquire);  // partner: child_left; who sees 0 sees what the tasks did
}

void background_core::request_end(const cancel_reason& why, bool hard) noexcept {
  if (hard) {
    scope_.cancel_hard(why);
  } else {
    scope_.cancel(why);
  }
}

void background_core::orphan() noexcept {
  refuse_more();
  if (live() != 0) {
    scope_.cancel(cancel_reason(cancel_kind::shutdown, "its background_tasks were destroyed"));
    report_left_behind();
  }
  leave();
}

void background_core::report_left_behind() noexcept {
  std::exception_ptr error;
  try {
    throw std::logic_error(
        "jackdaw: background_tasks were destroyed with live tasks, which are cancelled now; await "
        "shutdown() before");
  } catch (...) {
    error = std::current_exception();
  }
  env().unhandled({unhandled_error::source::background, "background_tasks", error});
}

void background_core::abandon_entry() noexcept { (void)child_left(); }

bool background_core::child_failed(child_base& c) noexcept {
  env().unhandled({unhandled_error::source::background, c.name, c.error()});
  return false;
}

std::coroutine_handle<> background_core::child_left() noexcept {
  // acq_rel: partner of live().
  if (live_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    const std::lock_guard guard(waiter_lock(this));
    while (waiter* w = waiters_.pop_front()) grant(*w);
  }
  let_go();
  return std::noop_coroutine();
}

void background_core::let_go() noexcept {
  // acq_rel: the last one sees what all have done.
  if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  known_.forget();
  if (scope_.close(anchor_)) finish(anchor_);
}

void background_core::finish(work& w) noexcept {
  background_core* const self = static_cast<anchor&>(w).core;
  self->env().background.remove(*self);
  delete self;
}

background_tasks::background_tasks() {
  const lane* const here = base::this_lane();
  if (here == nullptr || here->env == nullptr) {
    throw std::logic_error(
        "jackdaw: background_tasks must be created inside a task: it belongs to the runtime of "
        "that task");
  }
  core_ = new background_core(*here->env);
}

namespace {

class until_empty {
 public:
  explicit until_empty(background_core& c) noexcept : core_(&c) {}
  background_core::empty_awaiter bind(task_context& t) const noexcept {
    return background_core::empty_awaiter(*core_, t);
  }

 private:
  background_core* core_;
};

task<void> join_background(background_core& core, timeout limit) {
  core.refuse_more();
  task_context& me = co_await base::this_context();
  result_cell<bool> in_time;
  co_await base::run_into(move_on_after(limit.after, until_empty(core)), in_time);
  if (in_time.kind() != outcome_kind::value || !in_time.value()) {
    core.request_end(
        cancel_reason(cancel_kind::shutdown, "shutdown of its background_tasks", me.id_hint()),
        false);
    co_await shield(until_empty(core));
  }
  in_time.take();
}

}  // namespace

task<void> background_tasks::shutdown(timeout limit) { return join_background(*core_, limit); }

}  // namespace jackdaw
