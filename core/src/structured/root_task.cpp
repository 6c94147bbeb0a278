// SPDX-License-Identifier: MIT
#include <jackdaw/structured/root_task.hpp>

#include <jackdaw/base/futex.hpp>
#include <jackdaw/time/clock.hpp>

namespace jackdaw {

root_base::root_base(any_executor& e, services& env) noexcept
    : task_context(start, ended, scope_, e, env), scope_(nullptr, this) {}

// A root always enters its body: whoever cancelled it meets it at its first checkpoint.
void root_base::start(work& w) noexcept { static_cast<root_base&>(w).first_.resume(); }

void root_base::go_on_ending(work& w) noexcept { static_cast<root_base&>(w).end(); }

std::coroutine_handle<> root_base::ended(task_context& t) noexcept {
  auto& self = static_cast<root_base&>(t);
  self.dismiss();
  self.run = go_on_ending;
  self.gate_.lock();
  self.closed_ = true;
  self.gate_.unlock();
  self.known_.forget();
  if (self.scope_.close(self)) self.end();
  return std::noop_coroutine();
}

void root_base::end() noexcept {
  done_.store(1, std::memory_order_release);  // partner: done()
  base::futex_wake_one(done_);  // by address only: whoever waits may have destroyed us already
}

bool root_base::done() const noexcept {
  return done_.load(std::memory_order_acquire) != 0;  // partner: end()
}

void root_base::wait() noexcept {
  while (!done()) base::futex_wait(done_, 0);
}

bool root_base::wait_until(std::int64_t deadline) noexcept {
  while (!done()) {
    if (clock::now().time_since_epoch().count() >= deadline) return false;
    (void)base::futex_wait_until(done_, 0, deadline);
  }
  return true;
}

bool root_base::request(const cancel_reason& why, bool hard) noexcept {
  gate_.lock();
  const bool open = !closed_;
  if (open) scope_.pin();
  gate_.unlock();
  if (!open) return false;
  const bool first = hard ? scope_.cancel_hard(why) : scope_.cancel(why);
  scope_.unpin();
  return first;
}

bool root_base::cancel(const cancel_reason& why) noexcept { return request(why, false); }
bool root_base::cancel_hard(const cancel_reason& why) noexcept { return request(why, true); }

}  // namespace jackdaw
