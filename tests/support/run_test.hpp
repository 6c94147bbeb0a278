// SPDX-License-Identifier: MIT
// Runs the coroutine of a test on a runtime that all tests share; a test that hangs is ended.
#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <gtest/gtest.h>

#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/submission.hpp>
#include <jackdaw/yield.hpp>

namespace support {

/// The runtime with so many workers that the tests share.
template <std::size_t Workers>
jackdaw::runtime& shared_runtime() {
  static jackdaw::runtime shared(jackdaw::runtime_options{.workers = Workers});
  return shared;
}

/// Longer than any test takes under any sanitizer: who is not back by then hangs.
inline constexpr std::chrono::seconds hanging{60};

/// Runs `body()`, a coroutine, to its end on `rt`; a body that does not end aborts the process, so
/// that the test fails with its name instead of stopping the others.
template <class Body>
auto run_in(jackdaw::runtime& rt, Body&& body) {
  auto submitted = rt.submit(body());
  if (!submitted.wait_for(hanging)) {
    std::fputs("the body of this test hangs\n", stderr);
    std::abort();
  }
  return submitted.get();
}

template <std::size_t Workers, class Body>
auto run_with(Body&& body) {
  return run_in(shared_runtime<Workers>(), body);
}
/// On two workers.
template <class Body>
auto run(Body&& body) {
  return run_with<2>(body);
}
/// On one worker (all in order), on two, and on four (preempted on small machines).
template <class Body>
void run_everywhere(Body&& body) {
  {
    SCOPED_TRACE("1 worker");
    run_with<1>(body);
  }
  {
    SCOPED_TRACE("2 workers");
    run_with<2>(body);
  }
  {
    SCOPED_TRACE("4 workers");
    run_with<4>(body);
  }
}

/// Lets others run until `condition()` holds.
template <class Condition>
jackdaw::task<> until(Condition condition) {
  while (!condition()) co_await jackdaw::yield();
}

}  // namespace support
