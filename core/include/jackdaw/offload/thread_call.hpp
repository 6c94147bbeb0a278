// SPDX-License-Identifier: MIT
// Awaits a function on a blocking pool; a cancelled task waits for its end once it has begun.
//
// The job lives in the awaiter: the task stays parked until the function has ended or the job was
// taken out of the pool. Unlinking in the sense of the cancellation protocol is that removal.
#pragma once

#include <coroutine>
#include <utility>

#include <jackdaw/blocking.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/offload/offloaded_call.hpp>
#include <jackdaw/offload/visiting_tasks.hpp>
#include <jackdaw/services.hpp>

namespace jackdaw {

/// Throws the std::system_error of a job for which there was no thread.
[[noreturn]] void throw_no_thread();

template <class Call>
class [[nodiscard("write co_await jd::to_thread(...)")]] thread_call {
 public:
  thread_call(blocking_service* pool, Call&& call) : pool_(pool), call_(std::move(call)) {}

  class awaiter final : public waiter, private blocking_job, private offloaded_call<Call> {
   public:
    awaiter(blocking_service* pool, Call&& call, task_context& t)
        : waiter(t, take_back, "to_thread"),
          blocking_job(run_job),
          offloaded_call<Call>(std::move(call), offloaded_call_base::kind::thread),
          visitors_(*this),
          pool_(pool != nullptr ? pool : t.env->blocking) {}

    bool await_ready() noexcept { return stop_requested(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return park_published(*this, h, [this] {
        if (pool_ != nullptr && pool_->start(*this)) return true;
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
    static void run_job(blocking_job& job) noexcept {
      auto& self = static_cast<awaiter&>(job);
      self.perform();
      self.visitors_.leave();
    }
    static bool take_back(waiter& w) noexcept {
      auto& self = static_cast<awaiter&>(w);
      return self.pool_->remove(self);
    }
    // The task is parked as long as the call runs: its scopes are alive.
    bool cancel_requested() noexcept override { return task().current->effective(); }
    cancel_reason reason() noexcept override { return task().current->effective_reason(); }
    void spawn(jackdaw::task<void>&& t) override { visitors_.spawn(std::move(t)); }

    visiting_tasks visitors_;
    blocking_service* pool_;
    bool no_thread_ = false;
  };

  awaiter bind(task_context& t) && { return awaiter(pool_, std::move(call_), t); }

 private:
  blocking_service* pool_;
  Call call_;
};

}  // namespace jackdaw
