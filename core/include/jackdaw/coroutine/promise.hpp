// SPDX-License-Identifier: MIT
// The promise of jackdaw's coroutines: who runs them, who waits for them, where the outcome goes.
//
// A task that is awaited in place costs a frame and two indirect jumps: the promise borrows its
// awaiter's context, the outcome goes straight into the awaiting frame, and the frame is freed
// before the awaiter goes on (S4).
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <type_traits>
#include <utility>

#include <jackdaw/base/pointer_pair.hpp>
#include <jackdaw/base/rare_call.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/coroutine/creation_sites.hpp>
#include <jackdaw/coroutine/foreign_awaitable.hpp>
#include <jackdaw/coroutine/frame_allocator.hpp>
#include <jackdaw/coroutine/result_cell.hpp>

namespace jackdaw {

class promise_base;

/// What a jackdaw coroutine may await: a description of an operation that makes its awaiter when it
/// learns which task awaits. A task<T> is one; cancellation/park.hpp says how to write another.
template <class A>
concept awaitable = requires(A&& a, task_context& t) { std::forward<A>(a).bind(t).await_resume(); };

template <awaitable A>
using await_result_t =
    decltype(std::declval<A>().bind(std::declval<task_context&>()).await_resume());

/// The cleanups that a function has registered with on_exit or attach; see structured/on_exit.hpp.
class exit_list;

class promise_base {
 public:
  static void* operator new(std::size_t size) {
    void* const p = frame_allocator::allocate(size);
#if !defined(NDEBUG)
    base::note_creation(p);
#endif
    return p;
  }
  static void operator delete(void* p, std::size_t size) noexcept {
#if !defined(NDEBUG)
    base::forget_creation(p);
#endif
    frame_allocator::deallocate(p, size);
  }

  std::suspend_always initial_suspend() const noexcept { return {}; }

  /// Frees the frame, then goes on with whoever waited for it.
  class final_awaiter {
   public:
    final_awaiter() noexcept {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> h) const noexcept {
      promise_base& p = h.promise();
      const std::coroutine_handle<> next = p.continuation;
      if (p.exits != nullptr || !next) [[unlikely]]
        return end_unusually(p, h);
      h.destroy();
      return next;
    }
    void await_resume() const noexcept {}
  };
  final_awaiter final_suspend() const noexcept { return {}; }

  template <awaitable A>
  decltype(auto) await_transform(A&& a) {
    return std::forward<A>(a).bind(*context);
  }
  /// What was not written for jackdaw: cannot be cancelled and is no checkpoint; the task goes on
  /// on its own executor, whatever thread the other side resumes it on (S60).
  template <class A>
    requires(!awaitable<A> && base::foreign_awaitable<A>)
  auto await_transform(A&& a) {
    return base::await_foreign(std::forward<A>(a), *context);
  }

  /// It begins: within the task `t`, and who goes on at its end.
  void go_on_at(std::coroutine_handle<> h, task_context& t) noexcept {
    static_assert(offsetof(promise_base, context) ==
                  offsetof(promise_base, continuation) + sizeof(continuation));
    base::store_pair(&continuation, h.address(), &t);
  }

  exit_list* exits = nullptr;  // what on_exit has registered; see structured/on_exit.hpp
  std::coroutine_handle<>
      continuation{};  // who awaits it in place; null: the task's outermost function
  union {
    task_context* context;       // the task that this function is part of; set when it begins
    promise_base* next_dropped;  // while an unstarted frame waits for its destruction
  };

 protected:
  promise_base() noexcept {}
  ~promise_base() = default;

  // The end of a function that has registered cleanups, or that is the outermost one of its task.
  JACKDAW_RARE_CALL static std::coroutine_handle<> end_unusually(
      promise_base& p, std::coroutine_handle<> frame) noexcept;
  static std::coroutine_handle<> run_exits(promise_base& p, std::coroutine_handle<> frame) noexcept;
};

}  // namespace jackdaw
