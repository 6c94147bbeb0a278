// SPDX-License-Identifier: MIT
// What core needs of threads that may block: the interface that a blocking pool implements.
#pragma once

#include <jackdaw/base/intrusive_list.hpp>

namespace jackdaw {

/// A job for a thread that may block. Intrusive: whoever starts it owns it and keeps it alive until
/// it was removed, or `run` was called; the service does not touch it after it has called `run`.
struct blocking_job : base::list_node<> {
  using function = void (*)(blocking_job&) noexcept;

  explicit blocking_job(function f) noexcept : run(f) {}

  function run;

 protected:
  ~blocking_job() = default;
};

/// Runs jobs that may block on threads of its own.
///
/// Thread safety: every member from any thread; for one job the caller orders them.
class blocking_service {
 public:
  /// Has the job run, soon, on another thread. False: there is no thread and none could be made;
  /// the job will not run. All that happens before `start` happens before the run.
  [[nodiscard]] virtual bool start(blocking_job& job) noexcept = 0;

  /// Takes a job back that was started before. True: it will never run. False: it has begun.
  [[nodiscard]] virtual bool remove(blocking_job& job) noexcept = 0;

 protected:
  blocking_service() = default;
  blocking_service(const blocking_service&) = default;
  blocking_service& operator=(const blocking_service&) = default;
  ~blocking_service() = default;
};

}  // namespace jackdaw
