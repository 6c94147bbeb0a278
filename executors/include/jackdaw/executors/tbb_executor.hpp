// SPDX-License-Identifier: MIT
// CPU bursts in an arena of oneTBB.
//
// Bursts are not enqueued in the arena: a few threads of our own take them from a queue of our own
// and live in the arena, in slots reserved for them. So the number of bursts at a time is bounded,
// one that has not begun can be taken back, nothing wakes all of oneTBB's workers for a single
// function, and the threads may be given a lower priority. Parallel algorithms in them recruit
// oneTBB's workers for the other slots.
#pragma once

#include <cstddef>
#include <memory>

#include <jackdaw/bursts.hpp>
#include <jackdaw/executor.hpp>

namespace jackdaw {

struct tbb_executor_options {
  std::size_t bursts = 0;  ///< computations at a time; 0: half of the CPUs, at least one
  std::size_t helpers =
      static_cast<std::size_t>(-1);  ///< oneTBB's workers beside them, at most; default: bursts - 1
  int niceness = 5;                  ///< of the threads of bursts, 0 to 19
};

/// Runs CPU bursts (`jd::offload` uses the runtime's) and, as an executor, tasks that compute.
/// Parallel algorithms of oneTBB that they call stay within its arena of `bursts + helpers`
/// threads.
///
/// As an executor it promises no order. The destructor runs what is queued and waits for it; it
/// must not be called on one of its threads.
///
/// Thread safety: every member from any thread.
class tbb_executor final : public any_executor, public burst_service {
 public:
  /// Throws std::bad_alloc.
  explicit tbb_executor(tbb_executor_options options = {});
  tbb_executor(const tbb_executor&) = delete;
  tbb_executor& operator=(const tbb_executor&) = delete;
  ~tbb_executor();

  /// If there is no thread and none can be made, the work is run before it returns.
  void submit(work& w) noexcept override;

  [[nodiscard]] bool start(burst_job& job) noexcept override;
  [[nodiscard]] bool remove(burst_job& job) noexcept override;
  void interrupt(burst_job& job) noexcept override;

  /// Bursts that wait for a thread; a snapshot.
  [[nodiscard]] std::size_t queued() const noexcept;

 private:
  class arena;
  std::unique_ptr<arena> arena_;
};

}  // namespace jackdaw
