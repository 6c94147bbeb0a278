// SPDX-License-Identifier: MIT
// Awaits a function on a blocking pool; a cancelled task goes on at once and leaves the function
// behind.
//
// The job has a block of its own on the heap. `fate_` decides, once, who frees it: the job's end
// (ended: the awaiter does) or the canceller (abandoned: the job's end does).
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/blocking.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/offload/offloaded_call.hpp>
#include <jackdaw/offload/thread_call.hpp>
#include <jackdaw/services.hpp>
#include <jackdaw/sync/capacity_limiter.hpp>

namespace jackdaw {

/// The job of an abandonable call.
template <class Call>
class abandonable_job final : public blocking_job, public offloaded_call<Call> {
 public:
  explicit abandonable_job(Call&& call)
      : blocking_job(run_job),
        offloaded_call<Call>(std::move(call), offloaded_call_base::kind::may_be_abandoned) {}

  /// Before the start: what is given back when the call has ended, whoever waits.
  void hold(capacity_limiter::token&& token) noexcept { token_ = std::move(token); }

  /// Before the start: who waits.
  void set_waiter(waiter& w) noexcept {
    waiter_ = &w;
    env_ = w.task().env;
  }

  /// The canceller's, who holds the waiting task in place. True: the job frees itself from now on.
  /// False: the call has ended.
  [[nodiscard]] bool abandon(const cancel_reason& why) noexcept {
    why_ = why;
    fate expected = fate::running;
    // release: why_; partner is the acquire in cancel_requested() and finish().
    return fate_.compare_exchange_strong(expected, fate::abandoned, std::memory_order_release,
                                         std::memory_order_relaxed);
  }

 private:
  enum class fate : std::uint8_t { running, ended, abandoned };

  static void run_job(blocking_job& job) noexcept {
    auto& self = static_cast<abandonable_job&>(job);
    self.perform();
    self.token_.release();
    self.finish();
  }
  void finish() noexcept {
    waiter& waiting = *waiter_;
    // acquire: partner of abandon()'s release. What the call has done the grant publishes.
    if (fate_.exchange(fate::ended, std::memory_order_acquire) != fate::abandoned) {
      grant(waiting);
      return;
    }
    const std::unique_ptr<abandonable_job> self(this);
    if (this->cell().kind() == outcome_kind::error) {
      env_->unhandled({unhandled_error::source::background, "to_thread", this->cell().error()});
    }
  }

  bool cancel_requested() noexcept override {
    return fate_.load(std::memory_order_acquire) == fate::abandoned;  // partner: abandon()
  }
  cancel_reason reason() noexcept override { return why_; }
  void spawn(task<void>&&) noexcept override {}  // never asked, as the kind says

  // running -> ended by the job, running -> abandoned by a canceller; partners as said above.
  base::atomic<fate> fate_{fate::running};
  waiter* waiter_ = nullptr;
  services* env_ = nullptr;
  cancel_reason why_;
  capacity_limiter::token token_;
};

template <class Call>
class [[nodiscard("write co_await jd::to_thread(...)")]] abandonable_call {
 public:
  using job = abandonable_job<Call>;

  abandonable_call(blocking_service* pool, std::unique_ptr<job>&& j) noexcept
      : pool_(pool), job_(std::move(j)) {}

  class awaiter final : public waiter {
   public:
    awaiter(blocking_service* pool, std::unique_ptr<job>&& j, task_context& t) noexcept
        : waiter(t, let_go, "to_thread"),
          pool_(pool != nullptr ? pool : t.env->blocking),
          job_(std::move(j)) {
      job_->set_waiter(*this);
    }

    bool await_ready() noexcept { return stop_requested(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return park_published(*this, h, [this] {
        if (pool_ != nullptr && pool_->start(*job_)) return true;
        no_thread_ = true;
        return false;
      });
    }
    typename job::result_type await_resume() {
      throw_if_cancelled();
      if (no_thread_) throw_no_thread();
      return job_->cell().take();
    }

   private:
    static bool let_go(waiter& w) noexcept {
      auto& self = static_cast<awaiter&>(w);
      if (self.pool_->remove(*self.job_)) return true;
      if (!self.job_->abandon(self.task().current->effective_reason())) return false;
      (void)self.job_.release();
      return true;
    }

    blocking_service* pool_;
    std::unique_ptr<job> job_;
    bool no_thread_ = false;
  };

  awaiter bind(task_context& t) && noexcept { return awaiter(pool_, std::move(job_), t); }

 private:
  blocking_service* pool_;
  std::unique_ptr<job> job_;
};

}  // namespace jackdaw
