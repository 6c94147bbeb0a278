// SPDX-License-Identifier: MIT
// interval: ticks at a fixed rate.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <stdexcept>

#include <jackdaw/cancellation/turn.hpp>
#include <jackdaw/services.hpp>
#include <jackdaw/time/clock.hpp>
#include <jackdaw/time/sleep.hpp>

namespace jackdaw {

/// What becomes of ticks that came while nobody waited for them.
enum class missed_ticks : std::uint8_t {
  coalesce,  ///< they count as one, at once; the rhythm is kept
  burst,     ///< each is delivered, at once, until the consumer has caught up
};

/// Ticks at `period`, `2 * period`, ... after its construction, without drift: `jd::interval
/// tick{100ms}; for (;;) { co_await tick.next(); ... }`. Throws std::invalid_argument for a period
/// of zero or less. One consumer at a time.
class interval {
 public:
  explicit interval(std::chrono::nanoseconds period, missed_ticks missed = missed_ticks::coalesce)
      : period_(period), missed_(missed), due_(clock::now() + period) {
    if (period.count() <= 0)
      throw std::invalid_argument("jackdaw: the period of an interval must be more than zero");
  }

  class [[nodiscard("write co_await tick.next()")]] ticking {
   public:
    explicit ticking(interval& i) noexcept : interval_(&i) {}

    class awaiter {
     public:
      awaiter(interval& i, task_context& t) noexcept
          : interval_(&i), task_(&t), sleep_(i.due_, t) {}
      bool await_ready() noexcept {
        ready_ = sleep_.await_ready();
        return ready_ && !turn_used_up();
      }
      bool await_suspend(std::coroutine_handle<> h) noexcept {
        if (!ready_) return sleep_.await_suspend(h);
        task_->end_turn(h);
        return true;
      }
      std::uint64_t await_resume() {
        sleep_.await_resume();
        return interval_->advance(clock::time_point(clock::duration(task_->env->timers.now())));
      }

     private:
      interval* interval_;
      task_context* task_;
      sleep_operation::awaiter sleep_;
      bool ready_ = false;  // due, but perhaps the turn is used up
    };
    awaiter bind(task_context& t) const noexcept { return awaiter(*interval_, t); }

   private:
    interval* interval_;
  };

  /// Waits for the next tick; returns how many ticks this stands for: 1, or more where missed ones
  /// coalesce. A checkpoint; `cancelled` consumes no tick.
  ticking next() noexcept { return ticking(*this); }

  /// When the next tick is due.
  [[nodiscard]] clock::time_point due() const noexcept { return due_; }

 private:
  std::uint64_t advance(clock::time_point now) noexcept {
    const auto late = now - due_;
    const bool many = missed_ == missed_ticks::coalesce && late >= period_;
    const auto ticks = 1 + (many ? late / period_ : 0);
    due_ += ticks * period_;
    return static_cast<std::uint64_t>(ticks);
  }

  std::chrono::nanoseconds period_;
  missed_ticks missed_;
  clock::time_point due_;
};

}  // namespace jackdaw
