// SPDX-License-Identifier: MIT
#include <jackdaw/structured/root_task.hpp>

#include <jackdaw/base/futex.hpp>
#include <jackdaw/base/simulated_thread.hpp>
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
  const base::atomic<std::uint32_t>& word = state_;
  // release: the outcome; partners are the waits and detach(). acquire: heir_; partner: detach().
  const std::uint32_t before = state_.fetch_or(ended_bit, std::memory_order_acq_rel);
  if ((before & detached_bit) != 0) return heir_(*this);
  // By address only: whoever waits may have destroyed us already.
  if ((before & awaited_bit) != 0) base::futex_wake_one(word);
}

void root_base::detach(heir h) noexcept {
  heir_ = h;
  // release: heir_; partner is end(). acquire: the outcome, if the end came first.
  const std::uint32_t before = state_.fetch_or(detached_bit, std::memory_order_acq_rel);
  if ((before & ended_bit) != 0) h(*this);
}

bool root_base::done() const noexcept {
  return (state_.load(std::memory_order_acquire) & ended_bit) != 0;  // partner: end()
}

// The word with the announcement in it, or one that says that there is nothing to wait for.
std::uint32_t root_base::announce_wait() noexcept {
  const std::uint32_t seen = state_.load(std::memory_order_acquire);  // partner: end()
  if ((seen & (awaited_bit | ended_bit)) != 0) return seen;
  // acquire: partner is end(). The other half of the pair is its read-modify-write of the same
  // word: either it sees the bit, or we its.
  return state_.fetch_or(awaited_bit, std::memory_order_acquire) | awaited_bit;
}

void root_base::wait() noexcept {
  for (;;) {
    const std::uint32_t seen = announce_wait();
    if ((seen & ended_bit) != 0) return;
    base::wait_for_task(state_, seen);
  }
}

bool root_base::wait_until(std::int64_t deadline) noexcept {
  for (;;) {
    const std::uint32_t seen = announce_wait();
    if ((seen & ended_bit) != 0) return true;
    if (clock::now().time_since_epoch().count() >= deadline) return false;
    (void)base::wait_for_task_until(state_, seen, deadline);
  }
}

bool root_base::wait_or_poke() noexcept {
  for (;;) {
    const std::uint32_t seen = announce_wait();
    if ((seen & ended_bit) != 0) return true;
    if ((seen & poked_bit) != 0) {
      state_.fetch_and(~poked_bit, std::memory_order_relaxed);  // a flag; orders nothing
      return false;
    }
    base::wait_for_task(state_, seen);
  }
}

void root_base::poke() noexcept {
  const std::uint32_t before = state_.fetch_or(poked_bit, std::memory_order_relaxed);  // a flag
  if ((before & awaited_bit) != 0) base::futex_wake_one(state_);
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
