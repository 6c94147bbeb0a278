// SPDX-License-Identifier: MIT
// Awaiting what was not written for jackdaw: a class with await_ready, await_suspend and
// await_resume, or with operator co_await, that resumes on whatever thread it likes (S60).
//
// It is not given the task's coroutine, but one that, when resumed, submits the task to the
// executor that it was on.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <type_traits>
#include <utility>

#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/coroutine/frame_allocator.hpp>

namespace jackdaw::base {

template <class A>
decltype(auto) foreign_awaiter_of(A&& a) {
  if constexpr (requires { std::forward<A>(a).operator co_await(); }) {
    return std::forward<A>(a).operator co_await();
  } else if constexpr (requires { operator co_await(std::forward<A>(a)); }) {
    return operator co_await(std::forward<A>(a));
  } else {
    return std::forward<A>(a);
  }
}

/// What the language itself could await.
template <class A>
concept foreign_awaitable = requires(A&& a, std::coroutine_handle<> h) {
  { foreign_awaiter_of(std::forward<A>(a)).await_ready() } -> std::convertible_to<bool>;
  foreign_awaiter_of(std::forward<A>(a)).await_suspend(h);
  foreign_awaiter_of(std::forward<A>(a)).await_resume();
};

/// Owns a coroutine that submits a task when it is resumed, once, and then frees itself.
class return_path {
 public:
  class promise_type {
   public:
    static void* operator new(std::size_t size) { return frame_allocator::allocate(size); }
    static void operator delete(void* p, std::size_t size) noexcept {
      frame_allocator::deallocate(p, size);
    }
    return_path get_return_object() noexcept {
      return return_path(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };

  return_path(const return_path&) = delete;
  return_path& operator=(const return_path&) = delete;
  ~return_path() {
    if (frame_) frame_.destroy();
  }

  [[nodiscard]] std::coroutine_handle<> handle() const noexcept { return frame_; }
  /// From here on it belongs to whoever resumes it.
  void release() noexcept { frame_ = nullptr; }

  static return_path to(task_context& t) {
    t.schedule();
    co_return;
  }

 private:
  explicit return_path(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

  std::coroutine_handle<promise_type> frame_;
};

/// Awaiter: what foreign_awaiter_of returned, by value or by reference.
template <class Awaiter>
class foreign_await {
 public:
  template <class A>
  foreign_await(A&& a, task_context& t)
      : awaiter_(foreign_awaiter_of(std::forward<A>(a))), task_(&t) {}
  foreign_await(const foreign_await&) = delete;
  foreign_await& operator=(const foreign_await&) = delete;

  bool await_ready() { return static_cast<bool>(awaiter_.await_ready()); }
  auto await_suspend(std::coroutine_handle<> h) {
    task_->set_resume_point(h);
    return_path path = return_path::to(*task_);
    // Once it has suspended, another thread may run the task: nothing of this object is touched.
    using result = decltype(awaiter_.await_suspend(path.handle()));
    if constexpr (std::is_void_v<result>) {
      awaiter_.await_suspend(path.handle());
      path.release();
    } else if constexpr (std::is_same_v<result, bool>) {
      const bool suspended = awaiter_.await_suspend(path.handle());
      if (suspended) path.release();
      return suspended;
    } else {
      const std::coroutine_handle<> next = awaiter_.await_suspend(path.handle());
      path.release();
      return next;
    }
  }
  decltype(auto) await_resume() { return awaiter_.await_resume(); }

 private:
  Awaiter awaiter_;
  task_context* task_;
};

template <foreign_awaitable A>
auto await_foreign(A&& a, task_context& t) {
  return foreign_await<decltype(foreign_awaiter_of(std::forward<A>(a)))>(std::forward<A>(a), t);
}

}  // namespace jackdaw::base
