// SPDX-License-Identifier: MIT
// with_cleanup and with_resource: cleanup that awaits, on every path.
#pragma once

#include <concepts>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/errors.hpp>
#include <jackdaw/structured/exception_group.hpp>
#include <jackdaw/structured/timeout_option.hpp>
#include <jackdaw/time/deadline_scope.hpp>

namespace jackdaw {

namespace base {

/// How a body and its cleanup add up (S43): throws, or returns if both were well.
void throw_after_cleanup(outcome_kind body, const std::exception_ptr& body_error,
                         const std::exception_ptr& cleanup_error);

/// Runs a cleanup: shielded, bounded. Its error, or null. To be made before what it cleans up after
/// begins: then its frame is there, and no lack of memory keeps `cleanup` from being called.
template <class Cleanup>
task<std::exception_ptr> run_cleanup(Cleanup cleanup, std::optional<timeout> limit) {
  task_context& me = co_await this_context();
  const auto grace =
      limit.has_value() ? limit->after : std::chrono::nanoseconds(me.env->cleanup_grace_ns);
  deadline_scope d(me, clock::now() + grace, scope::barrier::shield);
  result_cell<void> cell;
  d.enter();
  std::optional<task<void>> work;
  try {
    work.emplace(cleanup());
  } catch (...) {
    cell.set_current_exception();
  }
  if (work.has_value()) co_await run_into(std::move(*work), cell);
  d.stop_clock();
  co_await close_scope(d.inner());
  d.restore();
  if (cell.kind() == outcome_kind::value) co_return nullptr;
  if (cell.kind() == outcome_kind::cancelled && d.expired())
    co_return std::make_exception_ptr(cleanup_timeout());
  co_return cell.error();
}

template <class T>
task<T> cleaned_up(task<T> body, task<std::exception_ptr> cleanup) {
  result_cell<T> cell;
  co_await run_into(std::move(body), cell);
  const std::exception_ptr failed = co_await std::move(cleanup);
  const bool ended_well = cell.kind() == outcome_kind::value;
  throw_after_cleanup(cell.kind(), ended_well ? nullptr : cell.error(), failed);
  co_return cell.take();
}

template <class R, class Resource, class Body>
task<R> with_resource_task(task<Resource> open, Body body, std::optional<timeout> limit) {
  std::optional<Resource> resource;
  const auto close = [&resource]() -> task<void> { return resource->close(); };
  auto use = [](Body& b, std::optional<Resource>& r) -> task<R> { co_return co_await b(*r); };
  task<R> rest = cleaned_up(use(body, resource), run_cleanup(close, limit));
  try {
    resource.emplace(co_await std::move(open));
  } catch (...) {
    rest.discard();
    throw;
  }
  co_return co_await std::move(rest);
}

}  // namespace base

/// try/finally: awaits `body`, then `cleanup()` once, whether the body returned, threw or was
/// cancelled. The cleanup is shielded and bounded by `limit` (default: the runtime's grace); on
/// overrun it is cancelled and counts as failed with cleanup_timeout. Entering is no checkpoint:
/// the cleanup always runs (S43). An error of each: exception_group of both. A failed cleanup of a
/// cancelled body: its error, the cancel stays pending.
template <awaitable A, std::invocable Cleanup>
auto with_cleanup(A&& body, Cleanup cleanup, std::optional<timeout> limit = std::nullopt) {
  return base::cleaned_up(base::as_task(std::forward<A>(body)),
                          base::run_cleanup(std::move(cleanup), limit));
}

/// Python's async with: opens a resource, runs `body(resource)`, and awaits the resource's `task<>
/// close()` on every path, as with_cleanup does. If opening fails there is nothing to close.
template <awaitable A, class Body>
auto with_resource(A&& open, Body body, std::optional<timeout> limit = std::nullopt) {
  using resource = base::task_result<A>;
  using result = typename std::invoke_result_t<Body&, resource&>::value_type;
  return base::with_resource_task<result, resource>(base::as_task(std::forward<A>(open)),
                                                    std::move(body), limit);
}

}  // namespace jackdaw
