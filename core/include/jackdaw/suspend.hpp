// SPDX-License-Identifier: MIT
// suspend: the bridge from callbacks.
#pragma once

#include <concepts>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/coroutine/result_cell.hpp>

namespace jackdaw {

/// What a suspended task and its resumers share. Guarded by `lock` until the task resumes.
template <class T>
struct suspension {
  base::small_mutex lock;
  waiter* parked = nullptr;  // null before the hand-over, and once it is granted or cancelled
  bool settled = false;
  result_cell<T> result;
};

/// Resumes a task that called jd::suspend, from any thread. The first call wins; later ones, and
/// those after a cancel, return false. A copyable handle: if the last copy goes without a call, the
/// task gets a std::logic_error, so it cannot hang unnoticed.
template <class T>
class resumer {
 public:
  explicit resumer(std::shared_ptr<suspension<T>> s)
      : ticket_(std::make_shared<ticket>(std::move(s))) {}

  template <class... V>
    requires std::constructible_from<base::stored<T>, V...>
  bool resume(V&&... value) const {
    return settle(*ticket_->state,
                  [&](result_cell<T>& cell) { cell.set_value(std::forward<V>(value)...); });
  }
  bool fail(std::exception_ptr error) const noexcept {
    return settle(*ticket_->state, [&](result_cell<T>& cell) { cell.set_error(std::move(error)); });
  }

 private:
  struct ticket {
    explicit ticket(std::shared_ptr<suspension<T>> s) noexcept : state(std::move(s)) {}
    ticket(const ticket&) = delete;
    ticket& operator=(const ticket&) = delete;
    ~ticket() {
      settle(*state, [](result_cell<T>& cell) { cell.set_error(unused()); });
    }
    // Or, without memory for its text, std::bad_alloc.
    static std::exception_ptr unused() noexcept {
      try {
        return std::make_exception_ptr(
            std::logic_error("jackdaw: the last resumer of a suspended task was destroyed without "
                             "being called; keep it until resume()"));
      } catch (...) {
        return std::current_exception();
      }
    }
    std::shared_ptr<suspension<T>> state;
  };

  template <class Set>
  static bool settle(suspension<T>& s, Set set) {
    s.lock.lock();
    if (s.settled) {
      s.lock.unlock();
      return false;
    }
    try {
      set(s.result);
    } catch (...) {
      s.lock.unlock();
      throw;
    }
    s.settled = true;
    waiter* const w = std::exchange(s.parked, nullptr);
    s.lock.unlock();
    if (w != nullptr) grant(*w);
    return true;
  }

  std::shared_ptr<ticket> ticket_;
};

/// `T v = co_await jd::suspend<T>([](jd::resumer<T> r) { start_operation(..., [r](T v) {
/// r.resume(v); }); });`
///
/// A checkpoint; then `start` is called with the resumer and the task waits until somebody calls
/// it, from any thread. What `start` throws is thrown. When cancelled, `on_cancel()` is called, if
/// given, on the task's own thread before `cancelled` is thrown, to stop the operation; a resume
/// that comes later returns false and its value is destroyed.
template <class T, class Start, class OnCancel = void (*)()>
  requires std::invocable<Start&, resumer<T>>
class [[nodiscard("nothing starts until it is awaited: write co_await")]] suspend_operation {
 public:
  suspend_operation(Start start, OnCancel on_cancel)
      : start_(std::move(start)), on_cancel_(std::move(on_cancel)) {}

  class awaiter final : public waiter {
   public:
    awaiter(Start&& start, OnCancel&& on_cancel, task_context& t)
        : waiter(t, unlink, "suspend"),
          start_(std::move(start)),
          on_cancel_(std::move(on_cancel)),
          state_(std::make_shared<suspension<T>>()),
          first_(state_) {}
    bool await_ready() noexcept { return stop_requested(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return park_published(*this, h, [this] { return hand_over(); });
    }
    T await_resume() {
      if (was_cancelled()) stop_operation();
      throw_if_cancelled();
      return state_->result.take();
    }

   private:
    // The waiter is in place before `start` runs, so a resume from inside it is a grant like any
    // other.
    bool hand_over() noexcept {
      state_->parked = this;
      started_ = true;
      resumer<T> r(std::move(first_));
      try {
        start_(r);
      } catch (...) {
        r.fail(std::current_exception());
      }
      return true;
    }
    void stop_operation() {
      if constexpr (std::is_pointer_v<OnCancel>) {
        if (started_ && on_cancel_ != nullptr) on_cancel_();
      } else if (started_) {
        on_cancel_();
      }
    }
    static bool unlink(waiter& w) noexcept {
      suspension<T>& s = *static_cast<awaiter&>(w).state_;
      s.lock.lock();
      const bool mine = std::exchange(s.parked, nullptr) != nullptr;
      if (mine) s.settled = true;
      s.lock.unlock();
      return mine;
    }

    Start start_;
    OnCancel on_cancel_;
    bool started_ = false;
    std::shared_ptr<suspension<T>> state_;
    resumer<T> first_;  // made early, where it may throw
  };
  awaiter bind(task_context& t) && { return awaiter(std::move(start_), std::move(on_cancel_), t); }

 private:
  Start start_;
  OnCancel on_cancel_;
};

template <class T, class Start>
auto suspend(Start start) {
  return suspend_operation<T, Start>(std::move(start), nullptr);
}
template <class T, class Start, std::invocable OnCancel>
auto suspend(Start start, OnCancel on_cancel) {
  return suspend_operation<T, Start, OnCancel>(std::move(start), std::move(on_cancel));
}

}  // namespace jackdaw
