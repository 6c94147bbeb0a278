// SPDX-License-Identifier: MIT
// offload: a CPU burst, away from the threads that serve I/O.
//
// The job lives in the awaiter. A canceller takes one back that has not begun, which is unlinking
// in the sense of the cancellation protocol; one that has begun is told to stop, and its end
// grants.
#pragma once

#include <concepts>
#include <coroutine>
#include <functional>
#include <type_traits>
#include <utility>

#include <jackdaw/bursts.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/offload/from_thread.hpp>
#include <jackdaw/offload/offloaded_call.hpp>
#include <jackdaw/offload/thread_call.hpp>
#include <jackdaw/offload/visiting_tasks.hpp>
#include <jackdaw/services.hpp>
#include <jackdaw/structured/child.hpp>

namespace jackdaw {

template <class Call>
class [[nodiscard("write co_await jd::offload(...)")]] burst_call {
 public:
  explicit burst_call(Call&& call) : call_(std::move(call)) {}

  class awaiter final : public waiter, private burst_job, private offloaded_call<Call> {
   public:
    awaiter(Call&& call, task_context& t)
        : waiter(t, take_back, "offload"),
          burst_job(compute_now, finish_now),
          offloaded_call<Call>(std::move(call), offloaded_call_base::kind::burst),
          visitors_(*this),
          bursts_(t.env->bursts) {}

    bool await_ready() noexcept { return stop_requested(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return park_published(*this, h, [this] {
        if (bursts_ != nullptr && bursts_->start(*this)) return true;
        no_thread_ = true;
        return false;
      });
    }
    typename offloaded_call<Call>::result_type await_resume() {
      throw_if_cancelled();
      if (no_thread_) throw_no_thread();
      return this->cell().take();
    }

   private:
    static void compute_now(burst_job& job) noexcept { static_cast<awaiter&>(job).perform(); }
    static void finish_now(burst_job& job) noexcept {
      auto& self = static_cast<awaiter&>(job);
      // The result of algorithms that were cut short is none; an error is one.
      if (self.interrupted && self.cell().kind() != outcome_kind::error) self.mark_cancelled();
      self.visitors_.leave();
    }
    static bool take_back(waiter& w) noexcept {
      auto& self = static_cast<awaiter&>(w);
      if (self.bursts_->remove(self)) return true;
      self.bursts_->interrupt(self);
      return false;
    }
    // The task is parked as long as the call runs: its scopes are alive.
    bool cancel_requested() noexcept override { return task().current->effective(); }
    cancel_reason reason() noexcept override { return task().current->effective_reason(); }
    void spawn(jackdaw::task<void>&& t) override { visitors_.spawn(std::move(t)); }

    visiting_tasks visitors_;
    burst_service* bursts_;
    bool no_thread_ = false;
  };

  awaiter bind(task_context& t) && { return awaiter(std::move(call_), t); }

 private:
  Call call_;
};

/// Calls `fn(args...)`, a computation of some 100 microseconds or more, where it does not hold up
/// the workers that serve I/O: on the runtime's oneTBB arena, a bounded number at a time. Returns
/// what it returns or throws what it throws. Parallel algorithms of oneTBB that it calls run in
/// that arena. For functions that wait use `to_thread`.
///
/// Callable and arguments are decayed into the job; pass references as std::ref. A checkpoint. If
/// it is cancelled before the function has begun, the function never runs. Later its parallel
/// algorithms are told to stop, and `from_thread::check_cancelled` throws in it; the task waits for
/// its end and then throws `cancelled`, for the result of an interrupted computation is none.
/// Throws std::system_error if no thread could be started.
template <class F, class... Args>
  requires std::invocable<std::decay_t<F>&, std::unwrap_ref_decay_t<Args>...>
auto offload(F&& fn, Args&&... args) {
  using call = owned_call<std::decay_t<F>, std::decay_t<Args>...>;
  static_assert(!awaitable<std::invoke_result_t<call&>>,
                "jackdaw: a burst cannot await: offload a plain function and await in the task");
  return burst_call<call>(call(std::in_place, std::forward<F>(fn), std::forward<Args>(args)...));
}

}  // namespace jackdaw
