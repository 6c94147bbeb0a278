// SPDX-License-Identifier: MIT
// run and runtime: where asynchronous code begins.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <jackdaw/executors/work_stealing_pool.hpp>
#include <jackdaw/services.hpp>
#include <jackdaw/structured/root_task.hpp>
#include <jackdaw/submission.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

/// Which engine carries out I/O.
enum class io_backend : std::uint8_t {
  automatic,  ///< epoll
  epoll,
};

struct runtime_options {
  std::size_t workers =
      0;  ///< 0: JACKDAW_WORKERS if set, else one per usable CPU (affinity and cgroup quota)
  io_backend io = io_backend::automatic;
  std::chrono::nanoseconds grace =
      std::chrono::seconds(10);  ///< for background tasks and cleanups after a cancel
  std::chrono::nanoseconds hard_deadline =
      std::chrono::seconds(60);  ///< of the shutdown as a whole; passes shields
};

/// A snapshot of a runtime's counters.
struct runtime_metrics {
  std::vector<worker_metrics> workers;
  std::size_t blocking_threads = 0;  ///< threads of the blocking pool
  std::size_t blocking_queued = 0;   ///< jobs that wait for one
  std::uint64_t unhandled_errors = 0;
};

/// Workers, reactor, timers, blocking pool, burst arena: everything that tasks need, started by the
/// constructor and ended by the destructor, which waits for what is still running.
///
/// Thread safety: `run`, `submit` and `metrics` from any thread.
class runtime {
 public:
  /// Throws std::system_error if threads or descriptors cannot be had, std::invalid_argument for
  /// senseless options.
  explicit runtime(runtime_options options = {});
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;
  ~runtime();

  /// Runs a task to its end and returns its value or throws its error; blocks the calling thread,
  /// which must not be a worker (nested_run_error). Returns only after the background tasks that it
  /// left behind have ended (S50).
  template <class T>
  T run(task<T> t) {
    refuse_on_worker();
    root_task<T> root(executor(), environment(), std::move(t));
    drive(root);
    return root.take();
  }

  /// Starts a task from a foreign thread and gives a handle to wait for, ask and cancel it.
  template <class T>
  submission<T> submit(task<T> t) {
    return submission<T>(executor(), environment(), std::move(t));
  }

  /// Called with every error that no task is there to receive; the default prints it. Set it before
  /// tasks run.
  void on_unhandled(std::function<void(const unhandled_error&)> hook);

  [[nodiscard]] runtime_metrics metrics() const;
  [[nodiscard]] work_stealing_pool& executor() noexcept;
  [[nodiscard]] services& environment() noexcept;

 private:
  class core;

  static void refuse_on_worker();
  void drive(root_base& root) noexcept;

  std::unique_ptr<core> core_;
};

/// Runs a task on a runtime of its own with default options. See runtime::run.
template <class T>
T run(task<T> t) {
  runtime rt;
  return rt.run(std::move(t));
}

}  // namespace jackdaw
