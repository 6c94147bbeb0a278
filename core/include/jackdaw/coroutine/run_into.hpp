// SPDX-License-Identifier: MIT
// Awaits a task and leaves its outcome in a cell, whatever it is: what combinators are written
// with, as co_await is illegal in a handler.
#pragma once

#include <coroutine>
#include <utility>

#include <jackdaw/task.hpp>

namespace jackdaw::base {

/// `co_await run_into(std::move(t), cell)`: runs `t` in place; never throws for what it throws.
template <class T>
class run_into {
 public:
  run_into(task<T>&& t, result_cell<T>& cell) noexcept : task_(std::move(t)), cell_(&cell) {}

  class awaiter {
   public:
    awaiter(task<T>&& t, result_cell<T>& cell, task_context& context) noexcept
        : task_(std::move(t)), cell_(&cell), context_(&context) {}
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) noexcept {
      const auto frame = task_.release();
      frame.promise().context = context_;
      frame.promise().continuation = h;
      frame.promise().cell = cell_;
      return frame;
    }
    void await_resume() const noexcept {}

   private:
    task<T> task_;
    result_cell<T>* cell_;
    task_context* context_;
  };
  awaiter bind(task_context& t) && noexcept { return awaiter(std::move(task_), *cell_, t); }

 private:
  task<T> task_;
  result_cell<T>* cell_;
};

/// `task_context& me = co_await this_context();`
class this_context {
 public:
  this_context() noexcept {}

  class awaiter {
   public:
    explicit awaiter(task_context& context) noexcept : context_(&context) {}
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    task_context& await_resume() const noexcept { return *context_; }

   private:
    task_context* context_;
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(t); }
};

/// Leaves a scope, whose pins may have to be waited for; nothing can cancel this wait.
class close_scope {
 public:
  explicit close_scope(scope& s) noexcept : scope_(&s) {}

  class awaiter {
   public:
    awaiter(scope& s, task_context& context) noexcept : scope_(&s), context_(&context) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      context_->set_resume_point(h);
      return !scope_->close(*context_);
    }
    void await_resume() const noexcept {}

   private:
    scope* scope_;
    task_context* context_;
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(*scope_, t); }

 private:
  scope* scope_;
};

}  // namespace jackdaw::base
