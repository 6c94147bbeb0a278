// SPDX-License-Identifier: MIT
// What the workers of a pool share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/executor.hpp>
#include <jackdaw/time/timer.hpp>

#include "work_stealing/cache_groups.hpp"
#include "work_stealing/injector.hpp"
#include "work_stealing/poller.hpp"
#include "work_stealing/pool_threads.hpp"
#include "work_stealing/sleepers.hpp"
#include "work_stealing/whereabouts.hpp"
#include "work_stealing/work_observer.hpp"
#include "work_stealing/worker.hpp"

namespace jackdaw::work_stealing {

/// Waits on a futex only: for a pool without I/O.
class timed_poller final : public poller {
 public:
  void wait(std::int64_t deadline) noexcept override;
  std::size_t dispatch() noexcept override { return 0; }
  void wake() noexcept override;

 private:
  parker parker_;
};

/// The shared part of a pool: injector, sleepers, poller, monitor.
///
/// One worker at a time is in the poller. The monitor is a thread that looks after what a worker
/// stuck in a long unit of work neglects: its queued work, its timers, the poller. It sleeps when
/// the workers do.
class pool_core {
 public:
  pool_core(any_executor& owner, std::size_t workers, poller* p, services* env,
            work_observer* observer, cache_groups groups = {});
  pool_core(const pool_core&) = delete;
  pool_core& operator=(const pool_core&) = delete;
  ~pool_core();

  /// The worker that the calling thread is, or null.
  [[nodiscard]] worker* current() const noexcept;

  void submit(work& w) noexcept;
  void submit_soon(work& w) noexcept;
  void submit_next_turn(work& w) noexcept;
  void add_timer(timer_node& node) noexcept;

  /// After a publication of work by a thread that is no worker of this pool: wakes a worker if the
  /// protocol asks for it.
  void wake_one() noexcept;
  [[nodiscard]] bool stopping() const noexcept {
    return stopping_.load(std::memory_order_relaxed);  // a flag; see stop()
  }

  /// Timers and I/O, without waiting. Any worker.
  void serve_events() noexcept;
  /// True: the caller is in the poller's place until leave_poller.
  [[nodiscard]] bool try_enter_poller() noexcept;
  void leave_poller() noexcept;
  /// The caller holds the poller: waits for events or timers. `barrier_paid`: the caller has paid
  /// for a heavy barrier since it entered.
  void wait_for_events(bool barrier_paid) noexcept;
  /// The caller holds the poller: fires what is due and submits what the wait has found. Not while
  /// listed as asleep, or else it would wake itself.
  void handle_events() noexcept;
  /// Does anything wait to be run? Exact after sleepers' barrier.
  [[nodiscard]] bool anything_to_do() const noexcept;
  void rouse_monitor() noexcept;
  void wake_poller() noexcept { poller_.wake(); }

  any_executor& owner;
  injector injected;
  sleepers asleep;
  base::atomic<bool> raid_under_way{false};  // set and cleared by the worker that raids
  std::vector<std::unique_ptr<worker>> workers;
  whereabouts places;

 private:
  static constexpr std::int64_t not_waiting = INT64_MIN;

  /// A thread that is no worker, while it is inside the pool: what it submits may end the program's
  /// use of the pool before it is out again.
  class visit {
   public:
    explicit visit(pool_core& pool) noexcept : pool_(pool) {
      // relaxed: the pool is alive now, and is destroyed only after what is submitted next.
      pool_.visitors_.fetch_add(1, std::memory_order_relaxed);
    }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit() { pool_.visitors_.fetch_sub(1, std::memory_order_release); }  // partner: stop()

   private:
    pool_core& pool_;
  };

  void hand_in(work& w, void (worker::*push)(work&) noexcept) noexcept;
  void add_timer_from_outside(timer_node& node) noexcept;
  void fire_timers(std::int64_t now) noexcept;
  [[nodiscard]] std::int64_t next_expiry() const noexcept;
  void monitor() noexcept;
  [[nodiscard]] bool help_neglected(std::vector<std::uint64_t>& seen) noexcept;
  void start_threads();
  void stop() noexcept;

  timed_poller fallback_;
  poller& poller_;
  // Who is in the poller. Taken by compare-and-swap, acquire; given back by release; partners each
  // other.
  base::atomic<bool> poller_taken_{false};
  // Until when the one in the poller waits; not_waiting otherwise. Read by add_timer after a light
  // barrier; partner: the heavy barrier between try_enter_poller and the look at the timers. All
  // writes are exchanges, and so is the look of a foreign thread's add_timer (release): it sees
  // try_enter_poller's change (acquire), or is seen by it, also through the changes between.
  base::atomic<std::int64_t> waits_until_{not_waiting};
  base::atomic<std::uint64_t> poll_count_{
      0};  // how often the poller was asked; for the monitor, orders nothing
  base::atomic<std::uint32_t> next_wheel_{
      0};  // round robin for timers of foreign threads, orders nothing
  // Written by `visit`, read by stop(); on a line of its own, as the workers write the others.
  alignas(base::cache_line) base::atomic<std::uint32_t> visitors_{0};
  base::atomic<bool> stopping_{false};
  parker monitor_parker_;
  base::atomic<bool> monitor_asleep_{
      false};  // set by the monitor before it parks, cleared by who rouses it
  pool_threads threads_;
};

}  // namespace jackdaw::work_stealing
