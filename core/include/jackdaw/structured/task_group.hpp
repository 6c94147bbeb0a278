// SPDX-License-Identifier: MIT
// with_task_group: children that cannot outlive the statement that started them.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/group_scope.hpp>
#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/child.hpp>
#include <jackdaw/structured/exception_group.hpp>
#include <jackdaw/structured/group_handle.hpp>
#include <jackdaw/structured/join_handle.hpp>
#include <jackdaw/structured/membership.hpp>
#include <jackdaw/structured/open_group.hpp>
#include <jackdaw/structured/spawn_options.hpp>

namespace jackdaw {

/// A group of tasks that run at the same time; made by with_task_group, and joined by it on every
/// path.
///
/// The first failure, of a child or of the body, cancels the rest; when all have ended,
/// exception_group is thrown with every error (S8, S9). A task group may be used by its body and
/// its descendants, from any worker; `handle()` is for everyone else.
class task_group final : private child_owner {
 public:
  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;

  /// Starts `fn(args...)`, which must return a task, as a child. Callable and arguments are decayed
  /// and live until the task has ended; pass references as std::ref. The child may start at once on
  /// any worker. Throws std::bad_alloc, and what copying throws; then nothing was started. Into a
  /// cancelled group: the child ends as cancelled without being run (S6).
  template <class F, class... Args>
    requires std::invocable<std::decay_t<F>&, std::unwrap_ref_decay_t<Args>...>
  auto spawn(F&& fn, Args&&... args) {
    return spawn(spawn_options{}, std::forward<F>(fn), std::forward<Args>(args)...);
  }
  template <class F, class... Args>
    requires std::invocable<std::decay_t<F>&, std::unwrap_ref_decay_t<Args>...>
  auto spawn(spawn_options options, F&& fn, Args&&... args) {
    return start_call(options, members_.enter(), std::forward<F>(fn), std::forward<Args>(args)...);
  }
  template <class T>
  join_handle<T> spawn(task<T>&& t) {
    return spawn(spawn_options{}, std::move(t));
  }
  template <class T>
  join_handle<T> spawn(spawn_options options, task<T>&& t) {
    return start<T>(options, members_.enter(),
                    [&]() noexcept { return owned_task<T>(std::move(t)); });
  }

  /// Cancels all children and the body; the group then ends without an error. Any thread, while the
  /// group is alive. False if it was cancelled before. `asking`: the task that asks, by its
  /// this_task::id, for the reason (S27).
  bool cancel(reason_text why = {}, std::uint64_t asking = 0) noexcept {
    return scope_.cancel(cancel_reason(cancel_kind::explicit_request, why, asking));
  }
  [[nodiscard]] bool cancel_requested() const noexcept { return scope_.requested(); }

  /// Children that have not ended; a snapshot.
  [[nodiscard]] std::size_t size() const noexcept;

  /// A counted handle for those who are neither the body nor a descendant. Throws std::bad_alloc.
  [[nodiscard]] group_handle handle();

 private:
  template <class R, class Body>
  friend task<R> run_task_group(Body body);
  friend class group_handle;

  explicit task_group(task_context& parent) noexcept
      : scope_(parent.current, &parent, members_),
        parent_(&parent),
        inherited_{parent.exec, parent.env} {}
  ~task_group();

  // Calls `make_body()`, which may throw as arguments are copied, after the entry was counted: a
  // child is in, or nothing was. By reference: two pointers that were just stored and are read as
  // one, to be copied, keep the processor waiting until every store before them has gone out.
  template <class T, class MakeBody>
  join_handle<T> start(spawn_options options, std::size_t index, MakeBody&& make_body) {
    using body = std::invoke_result_t<MakeBody&>;
    try {
      auto* c = child<T, body>::make(*this, scope_, inherited_, index, make_body());
      c->name = options.name;
      join_handle<T> h(*c, c->cell());
      c->schedule();
      return h;
    } catch (...) {
      abandon_entry();
      throw;
    }
  }
  template <class F, class... Args>
  auto start_call(spawn_options options, std::size_t index, F&& fn, Args&&... args) {
    using body = owned_call<std::decay_t<F>, std::decay_t<Args>...>;
    static_assert(base::is_task<std::invoke_result_t<body&>>::value,
                  "jackdaw: what is spawned must return a task");
    using result = typename std::invoke_result_t<body&>::value_type;
    return start<result>(options, index, [&] {
      return body(std::in_place, std::forward<F>(fn), std::forward<Args>(args)...);
    });
  }

  void abandon_entry() noexcept;
  void fail() noexcept;
  void body_ended(outcome_kind how) noexcept;
  void detach_handle() noexcept;
  [[nodiscard]] std::vector<exception_group::leaf> collect_errors(
      const std::exception_ptr& body_error);
  void finish(const result_cell_base& body, const std::exception_ptr& body_error,
              bool value_expected);

  bool child_failed(child_base& c) noexcept override;
  std::coroutine_handle<> child_left() noexcept override;

  class join {
   public:
    explicit join(task_group& g) noexcept : group_(&g) {}
    class awaiter {
     public:
      awaiter(task_group& g, task_context& t) noexcept : group_(&g), task_(&t) {}
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> h) noexcept;
      void await_resume() const noexcept {}

     private:
      task_group* group_;
      task_context* task_;
    };
    awaiter bind(task_context& t) const noexcept { return awaiter(*group_, t); }

   private:
    task_group* group_;
  };

  membership members_;
  group_scope scope_;
  task_context* parent_;
  const child_base::inherited
      inherited_;  // copied: the body may move on to another executor while others spawn
  base::atomic<child_base*> failed_{
      nullptr};  // a stack of failed children, latest first; pushed by them, read after the join
  bool body_cancelled_unasked_ = false;       // its `cancelled` came from elsewhere (S10)
  child_base* failed_before_body_ = nullptr;  // top of that stack when the body ended
  group_handle handle_;
  open_group known_{scope_};  // the last one: from here on a snapshot may look at all the others
};

template <class F, class... Args>
void group_handle::spawn(F&& fn, Args&&... args) {
  if (control_ == nullptr) throw group_closed();
  const std::lock_guard guard(control_->lock);
  std::size_t index = 0;
  if (control_->group == nullptr || !control_->group->members_.try_enter(index))
    throw group_closed();
  control_->group->start_call(spawn_options{}, index, std::forward<F>(fn),
                              std::forward<Args>(args)...);
}

template <class R, class Body>
task<R> run_task_group(Body body) {
  task_context& me = co_await base::this_context();
  task_group group(me);
  result_cell<R> outcome;
  std::optional<task<R>> inner;
  try {
    inner.emplace(body(group));
  } catch (...) {
    outcome.set_current_exception();
  }
  me.current = &group.scope_;
  if (inner.has_value()) co_await base::run_into(std::move(*inner), outcome);
  group.body_ended(outcome.kind());
  co_await task_group::join(group);
  group.detach_handle();
  group.known_.forget();
  co_await base::close_scope(group.scope_);
  me.current = group.scope_.parent();
  group.finish(outcome, outcome.kind() == outcome_kind::value ? nullptr : outcome.error(),
               !std::is_void_v<R>);
  if constexpr (!std::is_void_v<R>) co_return outcome.take();
}

/// Runs `body(group)`, waits for it and for every child, and returns what the body returned. It
/// ends only after all of them have ended, whatever happens (S2). A failure of the body or of a
/// child cancels the rest; then exception_group is thrown with all errors (fatal_error bare). After
/// `group.cancel()`: for a void body no error; otherwise the body's value if it returned one, else
/// no_result.
///
/// Cancellation from outside reaches body and children; it is thrown on when they have ended,
/// errors first (S11). Entering it is no checkpoint.
template <class Body>
  requires std::invocable<Body&, task_group&>
auto with_task_group(Body body) {
  using result = typename std::invoke_result_t<Body&, task_group&>::value_type;
  return run_task_group<result>(std::move(body));
}

}  // namespace jackdaw
