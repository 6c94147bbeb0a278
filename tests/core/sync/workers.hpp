// SPDX-License-Identifier: MIT
// Runs the body of a test, a coroutine, on a number of workers, and orders what its tasks do.
#pragma once

#include <cstddef>

#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/yield.hpp>

namespace jackdaw::tests {

/// With one worker the order is that of the program: who has said that it will wait and does not
/// run any more, waits.
template <class Body>
auto on_workers(std::size_t n, Body body) {
  runtime_options options;
  options.workers = n;
  runtime rt(options);
  return rt.run(body());
}

/// On one worker: lets the others run until `arrived` of them have said that they will wait next.
inline task<> until(const int& arrived, int wanted) {
  while (arrived != wanted) co_await yield();
}

/// On one worker: repeats an operation that never has to wait until another task has run.
template <class Operation>
task<> until_another_runs(Operation operation) {
  bool another_ran = false;
  const auto body = [&](task_group& group) -> task<> {
    const auto another = [&]() -> task<> {
      another_ran = true;
      co_return;
    };
    group.spawn(another);
    while (!another_ran) co_await operation();
  };
  co_await with_task_group(body);
}

}  // namespace jackdaw::tests
