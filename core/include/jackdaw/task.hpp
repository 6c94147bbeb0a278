// SPDX-License-Identifier: MIT
// task<T>: a lazy coroutine, the unit that users write.
#pragma once

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

#include <jackdaw/coroutine/dropped_tasks.hpp>
#include <jackdaw/coroutine/promise.hpp>
#include <jackdaw/coroutine/result_cell.hpp>

// A task is passed and returned in a register where the compiler can do that, not through memory;
// the tag makes it an error of the linker, not a crash, to mix both.
#if defined(__clang__)
#define JACKDAW_IN_A_REGISTER [[clang::trivial_abi]]
#define JACKDAW_TAG [[gnu::abi_tag("in_a_register")]]
#else
#define JACKDAW_IN_A_REGISTER
#define JACKDAW_TAG
#endif

namespace jackdaw {

template <class T>
class JACKDAW_TAG task;

/// Common to the promises of all result types: where the outcome goes.
template <class T>
class result_promise : public promise_base {
 public:
  [[gnu::always_inline]] void unhandled_exception() noexcept { cell->set_current_exception(); }

  using promise_base::await_transform;
  /// For operations on the function itself, such as on_exit: they get its promise and a way to its
  /// outcome.
  template <class A>
    requires requires(A&& a, promise_base& p, result_access r) {
      std::forward<A>(a).bind_function(p, r);
    }
  decltype(auto) await_transform(A&& a) {
    return std::forward<A>(a).bind_function(*this, result_access(*cell));
  }

  result_cell<T>* cell;  // set when it begins
};

template <class T>
class promise;

template <class T>
class promise final : public result_promise<T> {
 public:
  task<T> get_return_object() noexcept;

  template <class U = T>
    requires std::constructible_from<base::stored<T>, U>
  void return_value(U&& v) {
    this->cell->set_value(std::forward<U>(v));
  }
};

template <class T>
class promise<T&> final : public result_promise<T&> {
 public:
  task<T&> get_return_object() noexcept;
  void return_value(T& v) noexcept { this->cell->set_value(std::addressof(v)); }
};

template <>
class promise<void> final : public result_promise<void> {
 public:
  task<void> get_return_object() noexcept;
  void return_void() noexcept { cell->set_value(); }
};

/// A coroutine that has not begun: it starts when it is awaited, spawned or run, and can be awaited
/// once, as an rvalue: `co_await f(x)` or `co_await std::move(t)`. Destroying one that was never
/// started destroys its arguments and nothing else.
///
/// Awaiting runs it in place: no queue, no atomic operation, and no checkpoint of its own. The
/// frame, with locals and parameters, is gone before the awaiting coroutine sees the outcome.
/// Throws what the coroutine threw; `cancelled` if it unwound for that.
///
/// Thread safety: none; a task is a value with one owner.
template <class T = void>
class [[nodiscard(
    "a task does nothing until it is awaited: write co_await, spawn it in a group, or pass it to "
    "jd::run")]] JACKDAW_IN_A_REGISTER task {
 public:
  using promise_type = promise<T>;
  using value_type = T;

  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    task(std::move(other)).swap(*this);
    return *this;
  }
  task(const task&) = delete;
  [[gnu::always_inline]] ~task() {
    if (frame_) base::drop_forgotten(frame_, frame_.promise());
  }

  void swap(task& other) noexcept { std::swap(frame_, other.frame_); }

  class awaiter {
   public:
    awaiter(std::coroutine_handle<promise_type> frame, task_context& t) noexcept
        : frame_((frame.promise().context = &t, frame)) {}
    awaiter(const awaiter&) = delete;
    awaiter& operator=(const awaiter&) = delete;
    [[gnu::always_inline]] ~awaiter() {
      if (frame_) base::drop_unstarted(frame_, frame_.promise());
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) noexcept {
      const auto frame = std::exchange(frame_, nullptr);
      promise_type& p = frame.promise();
      p.continuation = h;
      p.cell = &cell_;
      return frame;
    }
    T await_resume() { return cell_.take(); }

   private:
    std::coroutine_handle<promise_type> frame_;
    result_cell<T> cell_;
  };

  awaiter bind(task_context& t) && noexcept {
#if !defined(NDEBUG)
    if (!frame_) base::trap_awaited_again();
#endif
    return awaiter(release(), t);
  }
  template <class Context>
  awaiter bind(Context&) & {
    static_assert(sizeof(Context) == 0,
                  "jackdaw: a task is awaited once, as an rvalue: write co_await std::move(t)");
  }

  /// For combinators: destroys what is not to be started, on purpose.
  void discard() noexcept {
    const auto frame = release();
    if (frame) base::drop_unstarted(frame, frame.promise());
  }
  /// For combinators: gives the frame away.
  [[nodiscard]] std::coroutine_handle<promise_type> release() noexcept {
    return std::exchange(frame_, nullptr);
  }

 private:
  friend promise_type;
  explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

  std::coroutine_handle<promise_type> frame_;
};

template <class T>
task<T> promise<T>::get_return_object() noexcept {
  return task<T>(std::coroutine_handle<promise>::from_promise(*this));
}
template <class T>
task<T&> promise<T&>::get_return_object() noexcept {
  return task<T&>(std::coroutine_handle<promise>::from_promise(*this));
}
inline task<void> promise<void>::get_return_object() noexcept {
  return task<void>(std::coroutine_handle<promise>::from_promise(*this));
}

}  // namespace jackdaw
