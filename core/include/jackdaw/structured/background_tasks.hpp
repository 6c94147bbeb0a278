// SPDX-License-Identifier: MIT
// Tasks that run in the background, owned by an object instead of a statement.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/intrusive_list.hpp>
#include <jackdaw/cancellation/group_scope.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/cancellation/scope_roots.hpp>
#include <jackdaw/structured/background_registry.hpp>
#include <jackdaw/structured/child.hpp>
#include <jackdaw/structured/join_handle.hpp>
#include <jackdaw/structured/spawn_options.hpp>
#include <jackdaw/structured/timeout_option.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

/// The shared part of a background_tasks object and its tasks: lives until the last of them is
/// gone.
class background_core final : public child_owner, public background_entry {
 public:
  explicit background_core(services& env) noexcept;

  [[nodiscard]] std::size_t enter();
  void request_end(const cancel_reason& why, bool hard) noexcept override;
  /// The manager is destroyed: what still runs is cancelled, reported, and belongs to the runtime.
  void orphan() noexcept;
  /// The manager goes, and its tasks run on.
  void leave() noexcept {
    refuse_more();
    let_go();
  }
  void refuse_more() noexcept {
    closed_.store(true, std::memory_order_relaxed);
  }  // a flag; orders nothing
  [[nodiscard]] std::size_t live() const noexcept;

  [[nodiscard]] scope& tasks_scope() noexcept { return scope_; }
  [[nodiscard]] child_base::inherited inherited() const noexcept {
    return {anchor_.exec, anchor_.env};
  }
  [[nodiscard]] services& env() const noexcept { return *anchor_.env; }
  void abandon_entry() noexcept;

  /// Waits until no task is left.
  class empty_awaiter final : public list_waiter {
   public:
    empty_awaiter(background_core& c, task_context& t) noexcept
        : list_waiter(t, &c, c.waiters_, "background tasks"), core_(&c) {}
    bool await_ready() noexcept { return stop_requested() || core_->live() == 0; }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return park(h, [c = core_] { return c->live() == 0; });
    }
    void await_resume() const { throw_if_cancelled(); }

   private:
    background_core* core_;
  };

 private:
  class anchor final : public task_context {
   public:
    anchor(background_core& c, services& env) noexcept
        : task_context(background_core::finish, nullptr, c.scope_, env.executor, env), core(&c) {}
    background_core* core;
  };

  bool child_failed(child_base& c) noexcept override;
  std::coroutine_handle<> child_left() noexcept override;
  void let_go() noexcept;
  void report_left_behind() noexcept;
  static void finish(work& w) noexcept;

  group_scope scope_;
  anchor anchor_;  // stands for the owner of the scope; never parked
  scope_root known_{scope_, "background tasks"};
  waiter_list waiters_;  // guarded by waiter_lock(this)
  base::atomic<std::uint64_t> live_{
      0};  // tasks that have not ended; who takes it to 0 wakes the waiters
  base::atomic<std::uint64_t> references_{
      1};  // the manager and the tasks; who takes it to 0 ends the core
  base::atomic<std::uint64_t> spawned_{0};
  base::atomic<bool> closed_{false};
};

/// Owns tasks that run in the background (asyncio's create_task, without its traps): they start at
/// once, none is lost because a handle was dropped, and an error goes, once, to the runtime's
/// on_unhandled hook (S15, S51). Create it inside a task; end it with `co_await
/// tasks.shutdown(jd::timeout{10s})`. If it is destroyed with live tasks (an exception came
/// between), it cancels them, says so through on_unhandled, and the runtime's run() waits for them
/// (S48).
///
/// Prefer with_task_group where the tasks have a statement to belong to. Thread safety: `spawn`,
/// `cancel` and `size` from any thread.
class background_tasks {
 public:
  /// Throws std::logic_error outside of a task, std::bad_alloc.
  background_tasks();
  background_tasks(const background_tasks&) = delete;
  background_tasks& operator=(const background_tasks&) = delete;
  ~background_tasks() { core_->orphan(); }

  /// Starts `fn(args...)`; see task_group::spawn. Throws group_closed after shutdown has begun.
  template <class F, class... Args>
    requires std::invocable<std::decay_t<F>&, std::unwrap_ref_decay_t<Args>...>
  auto spawn(F&& fn, Args&&... args) {
    return spawn(spawn_options{}, std::forward<F>(fn), std::forward<Args>(args)...);
  }
  template <class F, class... Args>
    requires std::invocable<std::decay_t<F>&, std::unwrap_ref_decay_t<Args>...>
  auto spawn(spawn_options options, F&& fn, Args&&... args) {
    using body = owned_call<std::decay_t<F>, std::decay_t<Args>...>;
    using result = typename std::invoke_result_t<body&>::value_type;
    return start<result>(options,
                         body(std::in_place, std::forward<F>(fn), std::forward<Args>(args)...));
  }
  template <class T>
  join_handle<T> spawn(task<T>&& t) {
    return start<T>(spawn_options{}, owned_task<T>(std::move(t)));
  }

  bool cancel(reason_text why = {}) noexcept {
    return core_->tasks_scope().cancel(cancel_reason(cancel_kind::explicit_request, why));
  }
  /// Tasks that have not ended; a snapshot.
  [[nodiscard]] std::size_t size() const noexcept { return core_->live(); }

  /// Takes no more tasks, waits for those that run, cancels what is left after `limit`, and waits
  /// for that. If the awaiting task is cancelled, the tasks are cancelled at once; it still waits
  /// for their end.
  [[nodiscard]] task<void> shutdown(timeout limit);

 private:
  template <class T, class Body>
  join_handle<T> start(spawn_options options, Body&& body) {
    const std::size_t index = core_->enter();
    try {
      auto* c = child<T, Body>::make(*core_, core_->tasks_scope(), core_->inherited(), index,
                                     std::move(body));
      c->name = options.name;
      join_handle<T> h(*c, c->cell());
      c->schedule();
      return h;
    } catch (...) {
      core_->abandon_entry();
      throw;
    }
  }

  background_core* core_;
};

}  // namespace jackdaw
