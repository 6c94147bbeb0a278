// SPDX-License-Identifier: MIT
// The outermost task of a run: the root of a tree of scopes, whose end a thread outside waits for.
#pragma once

#include <coroutine>
#include <cstdint>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/scope_roots.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/coroutine/result_cell.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

/// The part that does not depend on the type.
///
/// Thread safety: `cancel` and the waits from any thread as long as the object lives.
class root_base : public task_context {
 public:
  root_base(any_executor& e, services& env) noexcept;
  root_base(const root_base&) = delete;
  root_base& operator=(const root_base&) = delete;

  /// Blocks the calling thread until the task has ended and nothing of it is touched by another
  /// thread any more.
  void wait() noexcept;
  /// The same until `deadline` (nanoseconds on jd::clock). False: not yet.
  [[nodiscard]] bool wait_until(std::int64_t deadline) noexcept;
  [[nodiscard]] bool done() const noexcept;
  /// False if it has ended or was cancelled before.
  bool cancel(const cancel_reason& why) noexcept;
  bool cancel_hard(const cancel_reason& why) noexcept;

  [[nodiscard]] scope& root_scope() noexcept { return scope_; }

 protected:
  ~root_base() = default;
  std::coroutine_handle<> first_;

 private:
  static void start(work& w) noexcept;
  static void go_on_ending(work& w) noexcept;
  static std::coroutine_handle<> ended(task_context& t) noexcept;
  void end() noexcept;

  bool request(const cancel_reason& why, bool hard) noexcept;

  scope scope_;
  scope_root known_{scope_, "run"};
  base::small_mutex gate_;  // guards closed_: no cancel begins once the end has
  bool closed_ = false;
  // 0 while it runs, 1 when the outcome is there. Written by the task's last step (release), read
  // by those who wait (acquire).
  base::atomic<std::uint32_t> done_{0};
};

template <class T>
class root_task final : public root_base {
 public:
  root_task(any_executor& e, services& env, task<T>&& t) noexcept : root_base(e, env) {
    const auto frame = t.release();
    frame.promise().context = this;
    frame.promise().cell = &cell_;
    first_ = frame;
  }

  T take() { return cell_.take(); }
  [[nodiscard]] result_cell<T>& cell() noexcept { return cell_; }

 private:
  result_cell<T> cell_;
};

}  // namespace jackdaw
