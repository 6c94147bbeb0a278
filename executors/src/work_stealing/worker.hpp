// SPDX-License-Identifier: MIT
// One worker of the pool: its queues, and the loop that empties them.
#pragma once

#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/bound.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/lane.hpp>
#include <jackdaw/work.hpp>

#include "timer/timer_wheel.hpp"
#include "work_stealing/parker.hpp"
#include "work_stealing/run_queue.hpp"
#include "work_stealing/victim_order.hpp"
#include "work_stealing/wake_patience.hpp"

namespace jackdaw::work_stealing {

class pool_core;
class work_observer;

/// A worker. Everything is its own thread's, except what the comments say.
///
/// Liveness (S59): of every `turns_between_services` units of work one goes to the injector, and
/// timers and I/O are looked at. A unit of work that forks returns to the loop every
/// lane::operations_per_turn forks; then the queue has its turn, and every `service_period` the
/// injector, timers and I/O have theirs.
class alignas(base::cache_line) worker final : public lane {
 public:
  static constexpr std::uint32_t turns_between_services = base::bound(61, 3);
  static constexpr std::uint32_t soon_in_a_row_max = 3;
  static constexpr std::uint32_t near_in_a_row_max = base::bound(61, 2);  // searches
  static constexpr std::int64_t brief_turn = 10'000;                      // nanoseconds
  static constexpr std::int64_t service_period = 200'000;                 // nanoseconds
  static constexpr int pauses_before_raid = base::bound(64, 1);           // about a microsecond
  // To fall asleep and to be woken costs some 10 microseconds of CPU on both sides. A worker that
  // has just taken work from another one looks for more that long before it sleeps.
  static constexpr int looks_while_helping = base::bound(16, 2);
  static constexpr int pauses_between_looks = base::bound(32, 1);
  // The first look at whether a queue grows, and the last one: each is twice as long as the one
  // before; together some four microseconds.
  static constexpr int pauses_while_growing = base::bound(8, 1);
  static constexpr int pauses_while_growing_max = base::bound(128, 1);
  // A function on another thread that has just been called for may return sooner than that, if
  // such functions do: after one that did not, some are not waited for.
  static constexpr std::int64_t answer_patience = 5'000;  // nanoseconds
  static constexpr int answers_not_awaited = 3;

  worker(pool_core& pool, any_executor& owner, std::uint32_t index, std::uint32_t workers,
         std::int64_t now);

  /// The thread's body: runs until the pool stops.
  void loop() noexcept;

  /// Owner only.
  void push(work& w) noexcept;
  void push_soon(work& w) noexcept;
  void push_next_turn(work& w) noexcept;

  /// Any thread: takes work from this worker for `thief`.
  work* give_to(worker& thief) noexcept;
  /// Any thread.
  void unpark() noexcept;
  [[nodiscard]] bool has_work_hint() const noexcept;
  /// The monitor: this worker is stuck in a unit of work. Makes what it would run next available to
  /// others; is there anything?
  [[nodiscard]] bool release_neglected() noexcept;

  timer::timer_wheel wheel;
  work_observer* observer = nullptr;  // set before the thread starts

  // Counters for metrics and for the monitor. Written by the owner only, by plain load and store;
  // read by anyone, order nothing.
  base::atomic<std::uint64_t> polls{0};
  base::atomic<std::uint64_t> steals{0};
  base::atomic<std::uint64_t> parks{0};
  base::atomic<std::uint64_t> wakes{0};
  [[nodiscard]] std::size_t depth_hint() const noexcept { return queue_.size_hint(); }

 private:
  void run_observed(work& w) noexcept;
  void let_grow() const noexcept;
  void end_turn_of_forks() noexcept;
  [[nodiscard]] work* next_work() noexcept;
  [[nodiscard]] work* next_in_turn() noexcept;
  [[nodiscard]] work* take_injected() noexcept;
  [[nodiscard]] work* search() noexcept;
  void end_search() noexcept;
  [[nodiscard]] victim_order::order next_victims() noexcept;
  [[nodiscard]] work* look_into_queues(victim_order::order victims) noexcept;
  [[nodiscard]] work* look_for_answer(victim_order::order victims) noexcept;
  [[nodiscard]] work* look_around() noexcept;
  [[nodiscard]] work* raid(base::fork_deque& victim) noexcept;
  void rest(bool barrier_paid) noexcept;
  void sleep() noexcept;
  void wake_another() noexcept;
  void look_at_events() noexcept;
  void stop_collecting() noexcept;

  pool_core& pool_;
  std::uint32_t turns_until_service_ = turns_between_services;
  std::uint32_t soon_in_a_row_ = 0;
  std::uint32_t random_;
  bool searching_ = false;
  bool helping_ = false;     // has stolen something since it last slept
  int ignored_answers_ = 0;  // of the next ones
  bool collecting_ = false;  // events are being handled: one decision follows for all of them
  bool owed_ = false;        // one of them would have woken somebody
  wake_patience patience_;
  // What this worker runs next, and what has used up a brief turn on it. Exchanged by the owner
  // and, when it finds this worker stuck, by the monitor. release by the owner, acquire by the
  // monitor: the work's content.
  base::atomic<work*> soon_{nullptr};
  base::atomic<work*> next_turn_{nullptr};
  std::int64_t last_turn_ended_ = 0;
  std::int64_t last_service_ = 0;  // after a turn of forks
  bool forks_wait_ = false;        // they have had their turn
  run_queue queue_;
  parker parker_;
  // Set while in the poller; read by unpark().
  base::atomic<bool> polling_{false};
  victim_order victims_;
  std::uint32_t near_in_a_row_ = 0;
};

}  // namespace jackdaw::work_stealing
