// SPDX-License-Identifier: MIT
// The executors that the conformance suite runs over, and what each promises beyond the interface.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include <gtest/gtest.h>
#include <jackdaw/executors/blocking_pool.hpp>
#include <jackdaw/executors/inline_executor.hpp>
#include <jackdaw/executors/simulation.hpp>
#include <jackdaw/executors/single_thread_executor.hpp>
#include <jackdaw/executors/strand.hpp>
#include <jackdaw/executors/tbb_executor.hpp>
#include <jackdaw/executors/work_stealing_pool.hpp>
#include <jackdaw/task.hpp>
#include <jackdaw/yield.hpp>

namespace jackdaw::conformance {

/// Owns an executor that needs no arguments. `Order`: first in, first out, as seen by one
/// submitter. `One`: one piece of work at a time, each before the next.
template <executor E, bool Order, bool One>
class subject {
 public:
  static constexpr bool in_order = Order;
  static constexpr bool one_at_a_time = One;
  E& executor() noexcept { return executor_; }

 private:
  E executor_{};
};

/// A strand needs an executor below it.
template <executor Below>
class strand_subject {
 public:
  static constexpr bool in_order = true;
  static constexpr bool one_at_a_time = true;
  strand& executor() noexcept { return executor_; }

 private:
  Below below_{};
  strand executor_{below_};
};

/// A simulation runs only while it is told to: a thread does so, until the end.
class simulation_subject {
 public:
  static constexpr bool in_order = false;
  static constexpr bool one_at_a_time = true;

  simulation_subject() : thread_([this] { executor_.run(until_stopped(stopped_)); }) {}
  ~simulation_subject() {
    stopped_ = true;
    thread_.join();
  }
  simulation& executor() noexcept { return executor_; }

 private:
  static task<> until_stopped(const std::atomic<bool>& stopped) {
    while (!stopped) co_await yield();
  }

  std::atomic<bool> stopped_{false};
  simulation executor_{simulation_options{.steps_at_once_max = UINT64_MAX}};
  std::thread thread_;
};

using subjects =
    testing::Types<subject<inline_executor, true, false>,
                   subject<single_thread_executor, true, true>,
                   subject<blocking_pool, false, false>, subject<tbb_executor, false, false>,
                   strand_subject<blocking_pool>, strand_subject<single_thread_executor>,
                   subject<work_stealing_pool, false, false>, simulation_subject>;

}  // namespace jackdaw::conformance
