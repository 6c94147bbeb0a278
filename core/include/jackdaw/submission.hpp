// SPDX-License-Identifier: MIT
// A task that was started from a foreign thread, as that thread sees it.
#pragma once

#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <jackdaw/coroutine/frame_allocator.hpp>
#include <jackdaw/structured/background_registry.hpp>
#include <jackdaw/structured/root_task.hpp>
#include <jackdaw/time/clock.hpp>

namespace jackdaw {

/// The task of a submission; becomes a background task of its runtime when it is handed over to a
/// std::future.
template <class T>
class submitted_task final : public root_task<T>, private background_entry {
 public:
  using root_task<T>::root_task;

  static void* operator new(std::size_t size) { return frame_allocator::allocate(size); }
  static void operator delete(void* p, std::size_t size) noexcept {
    frame_allocator::deallocate(p, size);
  }

  /// Hands `self` over: it ends alone, and fulfils the future.
  static std::future<T> hand_over(std::unique_ptr<submitted_task>&& self) {
    std::future<T> f = self->promise_.emplace().get_future();
    self->env->background.add(*self);
    self.release()->detach(end_alone);
    return f;
  }

 private:
  static void end_alone(root_base& r) noexcept {
    const std::unique_ptr<submitted_task> self(static_cast<submitted_task*>(&r));
    try {
      if constexpr (std::is_void_v<T>) {
        self->take();
        self->promise_->set_value();
      } else {
        self->promise_->set_value(self->take());
      }
    } catch (...) {
      self->promise_->set_exception(std::current_exception());
    }
    self->env->background.remove(*self);
  }
  void request_end(const cancel_reason& why, bool hard) noexcept override {
    if (hard) {
      this->cancel_hard(why);
    } else {
      this->cancel(why);
    }
  }

  std::optional<std::promise<T>> promise_;  // made when it is handed over; few are
};

/// What runtime::submit returns (asyncio's run_coroutine_threadsafe). Destroying it cancels the
/// task and waits for its end, so a submission never outlives who holds it; keep it as long as the
/// task is wanted, or convert it to a std::future.
///
/// Thread safety: `cancel` and `done` from any thread; the rest from one at a time, never from a
/// worker, which it would block.
template <class T>
class submission {
 public:
  submission(any_executor& e, services& env, task<T>&& t)
      : root_(std::make_unique<submitted_task<T>>(e, env, std::move(t))) {
    root_->schedule();
  }
  submission(submission&&) noexcept = default;
  submission& operator=(submission&&) = delete;
  ~submission() {
    if (root_ == nullptr || root_->done()) return;
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
    const auto now = clock::now();
    const auto end = d > clock::time_point::max() - now ? clock::time_point::max() : now + d;
    return root_->wait_until(end.time_since_epoch().count());
  }
  [[nodiscard]] bool done() const noexcept { return root_->done(); }
  /// False if it has ended or was cancelled before.
  bool cancel(reason_text why = {}) const noexcept {
    return root_->cancel(cancel_reason(cancel_kind::explicit_request, why));
  }

  /// Lets go of the task: from now on it is a background task of the runtime, whose outcome goes to
  /// the future (`jd::cancelled` if it was cancelled), and which the end of the runtime cancels.
  operator std::future<T>() && { return submitted_task<T>::hand_over(std::move(root_)); }

 private:
  std::unique_ptr<submitted_task<T>> root_;
};

}  // namespace jackdaw
