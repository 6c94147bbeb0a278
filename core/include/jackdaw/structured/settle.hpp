// SPDX-License-Identifier: MIT
// settle: how one thing ended, as a value.
#pragma once

#include <utility>

#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/outcome.hpp>

namespace jackdaw {

namespace base {

template <class T>
task<outcome<T>> settled(task<T> t) {
  task_context& me = co_await this_context();
  result_cell<T> cell;
  co_await run_into(std::move(t), cell);
  co_return to_outcome(cell, me.current->effective_reason());
}

}  // namespace base

/// Awaits something and returns its outcome {value | error | cancelled} instead of throwing; C++
/// forbids co_await in a handler, so this is how to await after a failure. A request stays pending:
/// the next checkpoint throws. The inner work may be a task or a whole with_task_group.
template <awaitable A>
auto settle(A&& a) {
  return base::settled(base::as_task(std::forward<A>(a)));
}

}  // namespace jackdaw
