// SPDX-License-Identifier: MIT
// with_timeout, with_deadline, move_on_after: combinators that bound how long something may take.
#pragma once

#include <chrono>
#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/errors.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/timeout_option.hpp>
#include <jackdaw/time/clock.hpp>
#include <jackdaw/time/deadline_scope.hpp>

namespace jackdaw {

/// What the body of with_timeout gets to see of its timeout. Any thread, while the body runs.
class timeout_scope {
 public:
  explicit timeout_scope(deadline_scope& d) noexcept : deadline_(&d) {}
  /// Moves the deadline. False once it has acted.
  bool reschedule(clock::time_point tp) noexcept { return deadline_->reschedule(tp); }
  [[nodiscard]] clock::time_point deadline() const noexcept { return deadline_->deadline(); }
  [[nodiscard]] bool expired() const noexcept { return deadline_->expired(); }

 private:
  deadline_scope* deadline_;
};

namespace base {

[[nodiscard]] inline clock::time_point deadline_after(std::chrono::nanoseconds d) noexcept {
  const auto now = clock::now();
  return d > clock::time_point::max() - now ? clock::time_point::max() : now + d;
}

/// Runs `t` inside `d`; leaves the outcome in `cell`. True: the deadline ended it (S36).
template <class T>
task<bool> run_until(deadline_scope& d, task<T> t, result_cell<T>& cell) {
  d.enter();
  if (d.inner().effective()) {
    t.discard();  // S38
    cell.set_cancelled(std::make_exception_ptr(cancelled(d.inner().effective_reason())));
  } else {
    co_await run_into(std::move(t), cell);
  }
  d.stop_clock();
  co_await close_scope(d.inner());
  d.restore();
  co_return cell.kind() == outcome_kind::cancelled&& d.caught();
}

template <class T>
task<T> timeout_task(clock::time_point tp, task<T> t) {
  task_context& me = co_await this_context();
  deadline_scope d(me, tp);
  result_cell<T> cell;
  const bool late = co_await run_until(d, std::move(t), cell);
  if (late) throw timeout_error();
  co_return cell.take();
}

template <class T>
task<std::conditional_t<std::is_void_v<T>, bool, std::optional<stored<T>>>> move_on_task(
    clock::time_point tp, task<T> t) {
  task_context& me = co_await this_context();
  deadline_scope d(me, tp);
  result_cell<T> cell;
  const bool late = co_await run_until(d, std::move(t), cell);
  if constexpr (std::is_void_v<T>) {
    if (!late) cell.take();
    co_return !late;
  } else {
    std::optional<stored<T>> value;
    if (!late) value.emplace(cell.take());
    co_return value;
  }
}

template <class T, class Body>
task<T> timeout_body(clock::time_point tp, Body body) {
  task_context& me = co_await this_context();
  deadline_scope d(me, tp);
  timeout_scope handle(d);
  result_cell<T> cell;
  const bool late = co_await run_until(d, task<T>(body(handle)), cell);
  if (late) throw timeout_error();
  co_return cell.take();
}

template <class... T>
task<std::tuple<outcome<T>...>> settled_until(clock::time_point tp, task<T>... tasks) {
  task_context& me = co_await this_context();
  deadline_scope d(me, tp);
  d.enter();
  result_cell<std::tuple<outcome<T>...>> cell;
  co_await run_into(own_awaitable(gather_settled(std::move(tasks)...)), cell);
  d.stop_clock();
  co_await close_scope(d.inner());
  d.restore();
  std::tuple<outcome<T>...> all = cell.take();
  const bool late = d.caught();
  const auto mark = [late](auto& o) {
    using each = std::remove_reference_t<decltype(o)>;
    if (late && o.cancelled()) o = each::of_error(std::make_exception_ptr(timeout_error()));
  };
  std::apply([&](auto&... o) { (mark(o), ...); }, all);
  co_return all;
}

template <class T>
task<std::vector<outcome<T>>> settled_range_until(clock::time_point tp,
                                                  std::vector<task<T>> tasks) {
  task_context& me = co_await this_context();
  deadline_scope d(me, tp);
  d.enter();
  result_cell<std::vector<outcome<T>>> cell;
  co_await run_into(own_awaitable(gather_settled(std::move(tasks))), cell);
  d.stop_clock();
  co_await close_scope(d.inner());
  d.restore();
  std::vector<outcome<T>> all = cell.take();
  if (d.caught()) {
    for (outcome<T>& o : all) {
      if (o.cancelled()) o = outcome<T>::of_error(std::make_exception_ptr(timeout_error()));
    }
  }
  co_return all;
}

}  // namespace base

/// Awaits something until a point in time. When the deadline passes, the inner work is cancelled;
/// when it has ended (S39), timeout_error is thrown, unless it had its effect and returned a value
/// (S35), or failed with an error of its own (S37). A deadline that has passed never starts a fresh
/// task (S38). A cancellation from outside stays `cancelled` (S40). No checkpoint of its own.
template <awaitable A>
auto with_deadline(clock::time_point tp, A&& a) {
  if constexpr (requires { a.done(); }) {
    if (a.done()) return base::as_task(std::forward<A>(a));  // S38: what has ended gives its value
  }
  return base::timeout_task(tp, base::as_task(std::forward<A>(a)));
}
/// The same with a duration from now.
template <awaitable A>
auto with_timeout(std::chrono::nanoseconds d, A&& a) {
  return with_deadline(base::deadline_after(d), std::forward<A>(a));
}
/// The same for a body that looks at, or moves, its deadline: `[&](jd::timeout_scope& t) ->
/// jd::task<R> {...}`.
template <class Body>
  requires std::invocable<Body&, timeout_scope&>
auto with_timeout(std::chrono::nanoseconds d, Body body) {
  using result = typename std::invoke_result_t<Body&, timeout_scope&>::value_type;
  return base::timeout_body<result>(base::deadline_after(d), std::move(body));
}

/// As with_timeout, but running out of time is no error: an optional, for void a bool that says
/// whether it ended in time.
template <awaitable A>
auto move_on_after(std::chrono::nanoseconds d, A&& a) {
  return base::move_on_task(base::deadline_after(d), base::as_task(std::forward<A>(a)));
}

/// gather with a deadline: throws timeout_error after everything has ended.
template <class... A>
auto gather(timeout limit, A&&... tasks) {
  return with_timeout(limit.after, gather(std::forward<A>(tasks)...));
}
/// gather_settled with a deadline: partial results; what was not finished holds timeout_error.
template <awaitable... A>
auto gather_settled(timeout limit, A&&... tasks) {
  return base::settled_until(base::deadline_after(limit.after),
                             base::as_task(std::forward<A>(tasks))...);
}
template <base::range_of_tasks R>
auto gather_settled(timeout limit, R&& tasks) {
  return base::settled_range_until(base::deadline_after(limit.after),
                                   base::collect_tasks(std::forward<R>(tasks)));
}

}  // namespace jackdaw
