// SPDX-License-Identifier: MIT
// Runs the body of a test, a coroutine, on a number of workers.
#pragma once

#include <cstddef>

#include <jackdaw/runtime.hpp>
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

}  // namespace jackdaw::tests
