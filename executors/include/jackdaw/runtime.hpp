// SPDX-License-Identifier: MIT
// run and runtime: where asynchronous code begins.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
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
  io_backend io = io_backend::automatic;  ///< automatic: JACKDAW_IO if set
  std::chrono::nanoseconds grace =
      std::chrono::seconds(10);  ///< of cleanups; and when a shutdown reports what still runs
  std::chrono::nanoseconds hard_deadline =
      std::chrono::seconds(60);  ///< of a shutdown; then the cancel passes shields (S44)
  /// While `run` waits, the first SIGINT cancels its task and the second ends the process, unless
  /// the program handles SIGINT itself (a handler, a signal_stream). Restored when run returns.
  bool handle_interrupt = false;
};

/// The task of a run was cancelled by SIGINT, and ended so.
class interrupted final : public std::runtime_error {
 public:
  interrupted() : std::runtime_error("jackdaw: interrupted (SIGINT)") {}
};

/// A snapshot of a runtime's counters.
struct runtime_metrics {
  std::vector<worker_metrics> workers;
  std::size_t blocking_threads = 0;  ///< threads of the blocking pool
  std::size_t blocking_queued = 0;   ///< jobs that wait for one
  std::size_t bursts_queued = 0;     ///< bursts that wait for their turn
  std::size_t background = 0;        ///< managers of background tasks, and submissions let go of
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
  /// left behind have ended (S50): they are cancelled, after `grace` what hangs is reported on
  /// stderr with its place in the task tree, and at `hard_deadline` shields are passed (S44).
  /// Throws `interrupted` if SIGINT ended it.
  template <class T>
  T run(task<T> t) {
    refuse_on_worker();
    root_task<T> root(executor(), environment(), std::move(t));
    const bool was_interrupted = drive(root);
    if (was_interrupted && root.cell().kind() == outcome_kind::cancelled) throw interrupted();
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
  /// True: SIGINT came.
  [[nodiscard]] bool drive(root_base& root) noexcept;

  std::unique_ptr<core> core_;
};

/// Runs a task on a runtime of its own with default options, but that SIGINT cancels it. See
/// runtime::run.
template <class T>
T run(task<T> t) {
  runtime_options options;
  options.handle_interrupt = true;
  runtime rt(options);
  return rt.run(std::move(t));
}

}  // namespace jackdaw
