// SPDX-License-Identifier: MIT
// Sleeping until a time.
#pragma once

#include <chrono>
#include <coroutine>

#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/time/clock.hpp>
#include <jackdaw/time/timer.hpp>

namespace jackdaw {

/// See sleep_until().
class sleep_operation {
 public:
  explicit sleep_operation(clock::time_point tp) noexcept : deadline_(tp) {}

  class awaiter final : public waiter, private timer_node {
   public:
    awaiter(clock::time_point tp, task_context& t) noexcept
        : waiter(t, unlink, "sleep"), timer_node(wake_up) {
      deadline = tp.time_since_epoch().count();
    }
    bool await_ready() noexcept { return stop_requested() || deadline <= task().env->timers.now(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return park_published(*this, h, [this] {
        task().env->timers.add(*this);
        return true;
      });
    }
    void await_resume() const { throw_if_cancelled(); }

   private:
    static bool unlink(waiter& w) noexcept {
      auto& self = static_cast<awaiter&>(w);
      return self.task().env->timers.remove(self);
    }
    static void wake_up(timer_node& n) noexcept { grant(static_cast<awaiter&>(n)); }
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(deadline_, t); }

 private:
  clock::time_point deadline_;
};

/// `co_await sleep_until(tp)` and `co_await sleep_for(d)`: a checkpoint; then the task sleeps until
/// the time, never less, usually less than a millisecond more. A time that has passed, or a
/// negative duration, only checks. Throws `cancelled` when cancelled, at once. Nothing is
/// allocated. Memory ordering: none.
[[nodiscard("a sleep does nothing until it is awaited: write co_await")]] inline sleep_operation
sleep_until(clock::time_point tp) noexcept {
  return sleep_operation(tp);
}

/// See sleep_until().
[[nodiscard("a sleep does nothing until it is awaited: write co_await")]] inline sleep_operation
sleep_for(std::chrono::nanoseconds d) noexcept {
  return sleep_operation(clock::now() + d);
}

}  // namespace jackdaw
