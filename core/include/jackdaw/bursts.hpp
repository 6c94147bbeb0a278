// SPDX-License-Identifier: MIT
// What core needs of those who compute: the interface that a service for CPU bursts implements.
#pragma once

#include <jackdaw/blocking.hpp>

namespace jackdaw {

/// A computation. Intrusive: whoever starts it owns it and keeps it alive until it was removed, or
/// `finish` was called, which is the last thing that the service does with it.
struct burst_job : blocking_job {
  using step = void (*)(burst_job&) noexcept;

  burst_job(step do_compute, step do_finish) noexcept
      : blocking_job(nullptr), compute(do_compute), finish(do_finish) {}

  step compute;              ///< called once, unless it was interrupted before
  step finish;               ///< called once, after compute
  bool interrupted = false;  ///< for finish: was the computation told to stop before its end?

  // The rest belongs to the service.
  void* service = nullptr;
  void* context = nullptr;

 protected:
  ~burst_job() = default;
};

/// Runs computations, a bounded number at a time, so that they leave room for I/O.
///
/// Thread safety: every member from any thread; for one job the caller orders `start` before the
/// others.
class burst_service {
 public:
  /// Has the job computed, soon, on another thread. False: there is no thread and none could be
  /// made; nothing will be called. All that happens before `start` happens before the computation.
  [[nodiscard]] virtual bool start(burst_job& job) noexcept = 0;

  /// Takes a job back that was started before. True: nothing will be called. False: it has begun.
  [[nodiscard]] virtual bool remove(burst_job& job) noexcept = 0;

  /// Tells a computation that has begun to stop: its parallel algorithms end early. `finish` is
  /// called all the same. No effect if it has ended. The caller keeps the job alive meanwhile.
  virtual void interrupt(burst_job& job) noexcept = 0;

 protected:
  burst_service() = default;
  burst_service(const burst_service&) = default;
  burst_service& operator=(const burst_service&) = default;
  ~burst_service() = default;
};

}  // namespace jackdaw
