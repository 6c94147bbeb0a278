// SPDX-License-Identifier: MIT
// What a task may ask about itself.
#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>
#include <string_view>

#include <jackdaw/cancellation/reason.hpp>
#include <jackdaw/cancellation/task_context.hpp>

namespace jackdaw::this_task {

/// What a task may ask about itself; `co_await` gives the answer at once, and is no checkpoint.
template <class Answer>
class question {
 public:
  using function = Answer (*)(task_context&) noexcept;
  explicit question(function f) noexcept : ask_(f) {}

  class awaiter {
   public:
    awaiter(function f, task_context& t) noexcept : ask_(f), task_(&t) {}
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    Answer await_resume() const noexcept { return ask_(*task_); }

   private:
    function ask_;
    task_context* task_;
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(ask_, t); }

 private:
  function ask_;
};

/// `co_await jd::this_task::id()`: unique in the process.
[[nodiscard]] inline auto id() noexcept {
  return question<std::uint64_t>([](task_context& t) noexcept { return t.id(); });
}
/// The name that it was spawned with, or empty.
[[nodiscard]] inline auto name() noexcept {
  return question<std::string_view>([](task_context& t) noexcept { return t.name; });
}
/// Would a checkpoint throw?
[[nodiscard]] inline auto cancel_requested() noexcept {
  return question<bool>([](task_context& t) noexcept { return t.current->effective(); });
}
/// The reason that a checkpoint would throw with; empty if it would not throw.
[[nodiscard]] inline auto cancel_reason() noexcept {
  return question<std::optional<jackdaw::cancel_reason>>([](task_context& t) noexcept {
    return t.current->effective() ? std::optional(t.current->effective_reason()) : std::nullopt;
  });
}

}  // namespace jackdaw::this_task
