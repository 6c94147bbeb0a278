// SPDX-License-Identifier: MIT
// The smallest coroutine task that shows a compiler's faults. It knows nothing of jackdaw, so a
// failure is the compiler's.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace toy {

template <class T>
class task {
 public:
  struct promise_type {
    struct final_awaiter {
      final_awaiter() noexcept {}
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        return h.promise().continuation;
      }
      void await_resume() noexcept {}
    };
    task get_return_object() { return task(handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    final_awaiter final_suspend() noexcept { return {}; }
    template <class U>
    void return_value(U&& u) {
      value.emplace(std::forward<U>(u));
    }
    void unhandled_exception() { error = std::current_exception(); }

    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::optional<T> value;
    std::exception_ptr error;
  };
  using handle = std::coroutine_handle<promise_type>;

  explicit task(handle h) : handle_(h) {}
  task(task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  ~task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().continuation = awaiting;
    return handle_;
  }
  T await_resume() { return result(); }

  /// Starts it; true when it ran to its end on this stack.
  bool start() {
    handle_.resume();
    return handle_.done();
  }
  T result() {
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
    return std::move(*handle_.promise().value);
  }

 private:
  handle handle_;
};

/// Runs a task; a task that never reaches its end is a fault, shown as false.
inline bool ran_well(task<bool> t) { return t.start() && t.result(); }

}  // namespace toy
