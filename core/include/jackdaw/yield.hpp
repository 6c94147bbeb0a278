// SPDX-License-Identifier: MIT
// yield and checkpoint: being cooperative.
#pragma once

#include <coroutine>

#include <jackdaw/cancellation/park.hpp>

namespace jackdaw {

/// See checkpoint().
class checkpoint_operation {
 public:
  checkpoint_operation() noexcept {}
  class awaiter final : public waiter {
   public:
    explicit awaiter(task_context& t) noexcept : waiter(t, nullptr, "checkpoint") {}
    bool await_ready() noexcept { return (static_cast<void>(stop_requested()), true); }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void await_resume() const { throw_if_cancelled(); }
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(t); }
};

/// `co_await jd::checkpoint()`: throws `cancelled` if a request is in force; never suspends.
[[nodiscard(
    "a checkpoint checks nothing until it is awaited: write co_await")]] inline checkpoint_operation
checkpoint() noexcept {
  return {};
}

/// See yield().
class yield_operation {
 public:
  yield_operation() noexcept {}
  class awaiter final : public waiter {
   public:
    explicit awaiter(task_context& t) noexcept : waiter(t, nullptr, "yield") {}
    bool await_ready() noexcept { return stop_requested(); }
    void await_suspend(std::coroutine_handle<> h) noexcept {
      task().set_resume_point(h);
      task().schedule();
    }
    void await_resume() const { throw_if_cancelled(); }
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(t); }
};

/// `co_await jd::yield()`: a checkpoint, then lets the other tasks of the executor run first.
[[nodiscard("a yield does nothing until it is awaited: write co_await")]] inline yield_operation
yield() noexcept {
  return {};
}

}  // namespace jackdaw
