// SPDX-License-Identifier: MIT
// run_on: another executor, for a while.
#pragma once

#include <coroutine>
#include <utility>

#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/executor.hpp>

namespace jackdaw {

namespace base {

/// Moves the task to an executor, whatever it is on; cannot be cancelled.
class hop {
 public:
  explicit hop(any_executor& to) noexcept : to_(&to) {}
  class awaiter {
   public:
    awaiter(any_executor& to, task_context& t) noexcept : to_(&to), task_(&t) {}
    bool await_ready() const noexcept { return task_->exec == to_; }
    void await_suspend(std::coroutine_handle<> h) noexcept {
      task_->exec = to_;
      task_->set_resume_point(h);
      task_->schedule();
    }
    void await_resume() const noexcept {}

   private:
    any_executor* to_;
    task_context* task_;
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(*to_, t); }

 private:
  any_executor* to_;
};

template <class T>
task<T> on_executor(any_executor& e, task<T> t) {
  task_context& me = co_await this_context();
  any_executor& home = *me.exec;
  result_cell<T> cell;
  co_await hop(e);
  co_await run_into(std::move(t), cell);
  co_await hop(home);
  co_return cell.take();
}

}  // namespace base

/// Runs an awaitable on another executor, and comes back to this one, whatever happens (asyncio's
/// run_in_executor). Neither hop is a checkpoint. What it spawns or gathers runs on that executor
/// too.
template <awaitable A>
auto run_on(any_executor& e, A&& a) {
  return base::on_executor(e, base::as_task(std::forward<A>(a)));
}

}  // namespace jackdaw
