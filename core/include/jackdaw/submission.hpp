// SPDX-License-Identifier: MIT
// A task that was started from a foreign thread, as that thread sees it.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include <jackdaw/structured/root_task.hpp>
#include <jackdaw/time/clock.hpp>

namespace jackdaw {

/// What runtime::submit returns (asyncio's run_coroutine_threadsafe). Destroying it cancels the
/// task and waits for its end, so a submission never outlives who holds it; keep it as long as the
/// task is wanted.
///
/// Thread safety: `cancel` and `done` from any thread; the rest from one at a time, never from a
/// worker, which it would block.
template <class T>
class submission {
 public:
  submission(any_executor& e, services& env, task<T>&& t)
      : root_(std::make_unique<root_task<T>>(e, env, std::move(t))) {
    root_->schedule();
  }
  submission(submission&&) noexcept = default;
  submission& operator=(submission&&) = delete;
  ~submission() {
    if (root_ == nullptr) return;
    root_->cancel(cancel_reason(cancel_kind::explicit_request, "its submission was destroyed"));
    root_->wait();
  }

  /// Waits; the value, or throws what the task threw. Once.
  T get() {
    root_->wait();
    return root_->take();
  }
  /// Waits at most that long. False: it has not ended yet.
  bool wait_for(std::chrono::nanoseconds d) {
    return root_->wait_until((clock::now() + d).time_since_epoch().count());
  }
  [[nodiscard]] bool done() const noexcept { return root_->done(); }
  /// False if it has ended or was cancelled before.
  bool cancel(reason_text why = {}) const noexcept {
    return root_->cancel(cancel_reason(cancel_kind::explicit_request, why));
  }

 private:
  std::unique_ptr<root_task<T>> root_;
};

}  // namespace jackdaw
