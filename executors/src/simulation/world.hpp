// SPDX-License-Identifier: MIT
// Everything inside a simulation, and the loop that runs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <jackdaw/base/simulated_thread.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/executors/simulation.hpp>
#include <jackdaw/lane.hpp>
#include <jackdaw/structured/background_registry.hpp>

#include "simulation/chains.hpp"
#include "simulation/dice.hpp"
#include "simulation/network.hpp"
#include "simulation/ready_set.hpp"
#include "simulation/threads.hpp"
#include "simulation/timeline.hpp"

namespace jackdaw::simulated {

/// A simulated worker: only a place for forks. The loop decides when it runs.
class worker final : public lane {
 public:
  worker(any_executor& e, world& w) noexcept;
  world* in;
};

/// Thread safety: `submit` from any thread, the rest from the one that calls `drive`.
class world final : public services, public base::simulated_thread {
 public:
  world(any_executor& executor, const simulation_options& options);

  void submit(work& w) noexcept;
  void drive(root_base& root);
  void rethrow_unhandled(std::exception_ptr of_the_task);
  void unhandled(const unhandled_error& e) noexcept override;

  [[nodiscard]] std::int64_t now() const noexcept override { return time_.now(); }
  bool block(const base::atomic<std::uint32_t>& word, std::uint32_t expected,
             std::int64_t deadline) noexcept override;

  [[nodiscard]] const simulation_options& options() const noexcept { return options_; }
  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
  [[nodiscard]] std::uint64_t trace_hash() const noexcept { return trace_; }

  /// A worker has forked: by chance somebody steals it at once.
  void forked(worker& w) noexcept;

  std::multimap<std::uint64_t, std::function<void()>> interruptions;  // by the step before which
  std::function<void(const unhandled_error&)> hook;

 private:
  /// Something that could happen next.
  struct choice {
    enum class kind : std::uint8_t { nothing, work, fork, timer };
    kind what = kind::nothing;
    std::size_t index = 0;  // of the work or the worker
    std::uint64_t priority = 0;
  };

  [[nodiscard]] bool step() noexcept;
  [[nodiscard]] choice choose() noexcept;
  [[nodiscard]] choice choose_any() noexcept;
  [[nodiscard]] choice choose_highest() noexcept;
  void lower(const choice& c) noexcept;
  void carry_out(const choice& c) noexcept;
  [[nodiscard]] work* take(const choice& c, worker& by) noexcept;
  void interrupt() noexcept;
  void let_time_pass(std::int64_t limit) noexcept;
  void take_submissions() noexcept;
  void add(work& w) noexcept;
  void note(std::uint64_t decision) noexcept;

  void end_background() noexcept;
  void drain() noexcept;
  void stuck(const std::string& why) noexcept;

  const simulation_options options_;
  dice dice_;
  timeline time_{dice_};
  network network_;
  threads threads_;
  burst_threads bursts_;
  background_registry background_;

  std::vector<std::unique_ptr<worker>> workers_;
  ready_set ready_;
  chains chains_;
  std::vector<std::uint64_t> fork_priorities_;  // of the workers' forks
  std::uint64_t timer_priority_ = 0;            // of the timers that are due

  root_base* root_ = nullptr;  // the task that runs
  std::uint64_t steps_ = 0;
  std::uint64_t steps_at_once_ = 0;  // since time passed
  std::uint64_t trace_;
  std::string hang_;  // what went wrong; empty: nothing
  std::vector<std::exception_ptr, own_memory<std::exception_ptr>> unhandled_;

  base::small_mutex submissions_lock_;  // guards the rest: what other threads have submitted
  work* first_submission_ = nullptr;    // linked by `next`
  work* last_submission_ = nullptr;
  // Is there any? Written under the lock; read by the loop without: it will look again.
  base::atomic<bool> any_submissions_{false};
};

}  // namespace jackdaw::simulated
