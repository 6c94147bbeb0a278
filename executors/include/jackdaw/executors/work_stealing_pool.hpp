// SPDX-License-Identifier: MIT
// The executor that tasks run on: a pool of workers that steal from each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <jackdaw/executor.hpp>
#include <jackdaw/time/timer.hpp>

namespace jackdaw {

class services;

namespace work_stealing {
class pool_core;
class poller;
class work_observer;
}  // namespace work_stealing

/// What a worker has done; a snapshot.
struct worker_metrics {
  std::uint64_t polls = 0;      ///< units of work that it ran
  std::uint64_t steals = 0;     ///< times that it took work from another worker
  std::uint64_t parks = 0;      ///< times that it went to sleep
  std::uint64_t wakes = 0;      ///< times that it woke another worker
  std::size_t queue_depth = 0;  ///< units of work waiting in its queues
};

struct work_stealing_pool_options {
  std::size_t workers = 0;  ///< 0: one per usable CPU
  work_stealing::poller* poller =
      nullptr;              ///< where an idle worker waits for events; null: on a futex
  services* env = nullptr;  ///< what tasks on the workers find as their runtime
  work_stealing::work_observer* observer =
      nullptr;  ///< sees what the workers run, if somebody debugs or traces
};

/// The number of CPUs that this process may use: affinity and the cgroup's quota, at least 1.
[[nodiscard]] std::size_t usable_cpus() noexcept;

/// A pool of workers. Each has a first-in-first-out run queue that others steal from by halves, a
/// deque of forks, and a timer wheel; work from foreign threads goes through an injector. One idle
/// worker waits in the poller, the others on a futex. Idle means asleep: no wake-ups at all.
///
/// Use it through jd::runtime, unless you bring your own services. The work and the timers that it
/// was given must have come to an end before it is destroyed.
///
/// Thread safety: every member from any thread, except the destructor. Protocols:
/// executors/src/work_stealing/README.md.
class work_stealing_pool final : public any_executor, public timer_service {
 public:
  /// Starts the threads. Throws std::system_error if they cannot be created.
  explicit work_stealing_pool(work_stealing_pool_options options = {});
  work_stealing_pool(const work_stealing_pool&) = delete;
  work_stealing_pool& operator=(const work_stealing_pool&) = delete;
  ~work_stealing_pool();

  void submit(work& w) noexcept override;
  void submit_soon(work& w) noexcept override;
  void submit_next_turn(work& w) noexcept override;

  void add(timer_node& node) noexcept override;
  [[nodiscard]] bool remove(timer_node& node) noexcept override;
  [[nodiscard]] std::int64_t now() const noexcept override;

  /// Is the calling thread one of the workers?
  [[nodiscard]] bool on_worker() const noexcept;
  [[nodiscard]] std::vector<worker_metrics> metrics() const;

 private:
  std::unique_ptr<work_stealing::pool_core> core_;
};

static_assert(executor<work_stealing_pool>);

}  // namespace jackdaw
