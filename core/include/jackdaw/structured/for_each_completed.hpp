// SPDX-License-Identifier: MIT
// for_each_completed: runs tasks at the same time and handles their outcomes one by one.
#pragma once

#include <concepts>
#include <cstddef>
#include <utility>
#include <vector>

#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/as_completed.hpp>
#include <jackdaw/structured/task_group.hpp>

namespace jackdaw {

namespace base {

template <class T, class F>
task<void> handle_completed(task_group& group, std::vector<task<T>>& tasks, F& fn) {
  auto stream = as_completed(group, std::move(tasks));
  while (auto item = co_await stream.next()) co_await fn(std::move(item->outcome), item->index);
}

template <class T, class F>
task<void> each_completed(std::vector<task<T>> tasks, F fn) {
  result_cell<void> cell;
  const auto body = [&](task_group& group) -> task<void> {
    co_await run_into(handle_completed(group, tasks, fn), cell);
  };
  co_await with_task_group(body);
  cell.take();
}

}  // namespace base

/// Runs all tasks at the same time and awaits `fn(outcome, index)` for each when it has ended, one
/// call after the other, in the order of their ends. If `fn` throws, or on a cancel, the rest is
/// cancelled, and has ended before this throws the error as it is. An error of a task is in its
/// outcome and cancels nobody.
template <base::range_of_tasks R, class F>
  requires std::invocable<F&, outcome<base::range_task_value<R>>, std::size_t>
auto for_each_completed(R&& tasks, F fn) {
  return base::each_completed(base::collect_tasks(std::forward<R>(tasks)), std::move(fn));
}

}  // namespace jackdaw
