// SPDX-License-Identifier: MIT
// The seam of time and blocking: a thread that a simulation runs on asks the simulation for both.
#pragma once

#include <cstdint>

#include <jackdaw/base/atomic.hpp>

namespace jackdaw::base {

/// What takes the place of the clock, and of waiting for a task, on the thread of a simulation.
///
/// Thread safety: used by the thread that it is installed on.
class simulated_thread {
 public:
  /// Nanoseconds: what jd::clock shows.
  [[nodiscard]] virtual std::int64_t now() const noexcept = 0;
  /// Lets the rest of the simulated program run until `word` is no longer `expected`. False: the
  /// deadline has passed.
  virtual bool block(const atomic<std::uint32_t>& word, std::uint32_t expected,
                     std::int64_t deadline) noexcept = 0;

 protected:
  simulated_thread() = default;
  simulated_thread(const simulated_thread&) = default;
  simulated_thread& operator=(const simulated_thread&) = default;
  ~simulated_thread() = default;
};

// Out of line for every compiler: a thread-local's address must not be kept across a suspension
// (docs/compilers.md), and nobody asks often.
/// The calling thread's; null on every thread but those of simulations.
[[nodiscard]] simulated_thread* this_simulated_thread() noexcept;
void install_simulated_thread(simulated_thread* t) noexcept;

/// How a thread waits for a task: sleeps on a futex while `word` holds `expected`, or lets its
/// simulation go on. May return early: look at the word again and loop. Not for locks: whoever
/// waits for one must not run anything else.
void wait_for_task(const atomic<std::uint32_t>& word, std::uint32_t expected) noexcept;
/// The same, but not beyond `deadline`, on jd::clock. False: it has passed.
[[nodiscard]] bool wait_for_task_until(const atomic<std::uint32_t>& word, std::uint32_t expected,
                                       std::int64_t deadline) noexcept;

}  // namespace jackdaw::base
