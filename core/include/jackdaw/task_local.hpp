// SPDX-License-Identifier: MIT
// task_local<T>: a value that belongs to a task and to what it starts.
//
// A value is bound by a scope of its own, and found by going up the scopes from where the task is.
// So a spawn or a fork copies nothing, and a child, whose scopes lead to the place where it was
// started, sees what was bound there for as long as it lives.
#pragma once

#include <coroutine>
#include <utility>

#include <jackdaw/cancellation/scope.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/coroutine/run_into.hpp>

namespace jackdaw {

/// The scope in which a task-local has a value; lives in the frame of with_value.
class local_binding final : public block_scope {
 public:
  local_binding(task_context& owner, const void* variable, const void* value) noexcept
      : block_scope(owner.current, &owner), variable_(variable), value_(value) {
    mark_binding();
  }

  /// The innermost value of `variable` around `inner`, or null.
  [[nodiscard]] static const void* find(const scope* inner, const void* variable) noexcept {
    for (const scope* s = inner; s != nullptr; s = s->parent()) {
      if (!s->binds()) continue;
      const auto& binding = static_cast<const local_binding&>(*s);
      if (binding.variable_ == variable) return binding.value_;
    }
    return nullptr;
  }

 private:
  const void* variable_;
  const void* value_;
};

/// A variable with a value per task, Python's contextvars: a request's id, a logger, a locale.
/// Declare it as a global; give it a value for one piece of work with `co_await
/// request_id.with_value(7, handle(c))`; read it anywhere below with `co_await request_id.get()`.
///
/// Values are never changed, only bound anew further in, so what one task binds is not seen by its
/// parent or its siblings (S55). The children of a gather, a race or a group inherit what is bound
/// where that was opened; to bind for one child, spawn `id.with_value(7, child())`. Tasks of
/// background_tasks inherit nothing, as they may outlive every frame.
///
/// Reading costs a walk over the scopes, groups and timeouts that are open around the reader;
/// spawning costs nothing. Thread safety: any task, any thread; `T` is read by several threads at
/// once. The variable must outlive the tasks that use it.
template <class T>
class task_local {
 public:
  /// `initial` is what tasks see for which nothing was bound.
  explicit task_local(T initial = T()) : initial_(std::move(initial)) {}
  task_local(const task_local&) = delete;
  task_local& operator=(const task_local&) = delete;

  class [[nodiscard("write co_await local.get()")]] reading {
   public:
    explicit reading(const task_local& local) noexcept : local_(&local) {}
    class awaiter {
     public:
      awaiter(const task_local& local, task_context& t) noexcept : local_(&local), task_(&t) {}
      bool await_ready() const noexcept { return true; }
      void await_suspend(std::coroutine_handle<>) const noexcept {}
      const T& await_resume() const noexcept {
        const void* const bound = local_binding::find(task_->current, local_);
        return bound != nullptr ? *static_cast<const T*>(bound) : local_->initial_;
      }

     private:
      const task_local* local_;
      task_context* task_;
    };
    awaiter bind(task_context& t) const noexcept { return awaiter(*local_, t); }

   private:
    const task_local* local_;
  };

  /// The value that is bound here. No checkpoint. The reference is good until the awaitable that
  /// the value was bound for has ended.
  reading get() const noexcept { return reading(*this); }

  /// Awaits `a` with the variable bound to `value`, and returns what it returns. Ends after
  /// everything that `a` has started. No checkpoint of its own.
  template <awaitable A>
  auto with_value(T value, A&& a) const {
    return bound<base::task_result<A>>(*this, std::move(value), base::as_task(std::forward<A>(a)));
  }

 private:
  template <class R>
  static task<R> bound(const task_local& local, T value, task<R> t) {
    task_context& me = co_await base::this_context();
    local_binding binding(me, &local, &value);
    result_cell<R> cell;
    me.current = &binding;
    co_await base::run_into(std::move(t), cell);
    co_await base::close_scope(binding);
    me.current = binding.parent();
    co_return cell.take();
  }

  T initial_;
};

}  // namespace jackdaw
