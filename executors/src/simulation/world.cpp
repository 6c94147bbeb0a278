// SPDX-License-Identifier: MIT
// The loop of a simulation, and what it runs. How it ends: world_ends.cpp.
#include "simulation/world.hpp"

#include <mutex>
#include <utility>

namespace jackdaw::simulated {

namespace {

constexpr double stolen_at_once = 0.25;  // of the forks of workers that had none
constexpr double short_turns = 0.25;     // of the turns

}  // namespace

worker::worker(any_executor& e, world& w) noexcept : lane(e), in(&w) {
  env = &w;
  on_fork = [](lane& l) noexcept {
    auto& self = static_cast<worker&>(l);
    self.in->forked(self);
  };
}

world::world(any_executor& executor, const simulation_options& options)
    : services(executor, time_, background_),
      options_(options),
      dice_(options.seed),
      network_(time_, dice_, options_.network),
      threads_(time_, dice_, options.thread_delay_max.count()),
      bursts_(time_, dice_, options.thread_delay_max.count()),
      ready_(options.order == simulation_order::priorities),
      chains_(options_, dice_),
      trace_(options.seed) {
  blocking = &threads_;
  bursts = &bursts_;
  io = &network_;
  for (std::size_t i = 0; i != options.workers; ++i) {
    workers_.push_back(std::make_unique<worker>(executor, *this));
    fork_priorities_.push_back(chains_.fresh());
  }
  timer_priority_ = chains_.fresh();
}

void world::submit(work& w) noexcept {
  if (base::this_simulated_thread() == this) return add(w);
  w.next = nullptr;
  const std::lock_guard guard(submissions_lock_);
  (last_submission_ != nullptr ? last_submission_->next : first_submission_) = &w;
  last_submission_ = &w;
  any_submissions_.store(true, std::memory_order_relaxed);  // under the lock
}

void world::take_submissions() noexcept {
  if (!any_submissions_.load(std::memory_order_relaxed)) return;  // a hint; the lock orders
  work* w = nullptr;
  {
    const std::lock_guard guard(submissions_lock_);
    w = std::exchange(first_submission_, nullptr);
    last_submission_ = nullptr;
    any_submissions_.store(false, std::memory_order_relaxed);  // under the lock
  }
  while (w != nullptr) add(*std::exchange(w, w->next));
}

void world::add(work& w) noexcept {
  const bool chained = options_.order == simulation_order::priorities;
  ready_.add(w, chained ? chains_.next_submission() : 0);
}

void world::forked(worker& w) noexcept {
  if (workers_.size() == 1 || !dice_.chance(stolen_at_once)) return;
  if (work* const stolen = w.forks.steal(); stolen != nullptr) add(*stolen);
}

// The only place where simulated work is run.
bool world::block(const base::atomic<std::uint32_t>& word, std::uint32_t expected,
                  std::int64_t deadline) noexcept {
  lane* const outer = base::this_lane();
  bool in_time = true;
  // relaxed: the caller looks again, and acquires.
  while (in_time && word.load(std::memory_order_relaxed) == expected) {
    if (step()) continue;
    in_time = deadline > now();
    if (in_time) let_time_pass(deadline);
  }
  base::install_lane(outer);
  return in_time;
}

// False: nothing can be done at this time.
bool world::step() noexcept {
  take_submissions();
  network_.look_outside();
  interrupt();
  const choice next = choose();
  if (next.what == choice::kind::nothing) return false;
  ++steps_;
  if (++steps_at_once_ == options_.steps_at_once_max) {
    stuck("spins: it has taken " + std::to_string(steps_at_once_) +
          " steps, and no time has passed");
  }
  carry_out(next);
  return true;
}

world::choice world::choose() noexcept {
  if (options_.order == simulation_order::random) return choose_any();
  choice next = choose_highest();
  while (next.what != choice::kind::nothing && chains_.must_change(next.priority)) {
    lower(next);
    next = choose_highest();
  }
  return next;
}

world::choice world::choose_any() noexcept {
  std::size_t possible = ready_.size() + (time_.any_due() ? 1 : 0);
  for (const auto& w : workers_) possible += w->forks.empty() ? 0 : 1;
  if (possible == 0) return {};
  std::size_t n = dice_.below(possible);
  if (n < ready_.size()) return {choice::kind::work, n, 0};
  n -= ready_.size();
  for (std::size_t i = 0; i != workers_.size(); ++i) {
    if (workers_[i]->forks.empty()) continue;
    if (n-- == 0) return {choice::kind::fork, i, 0};
  }
  return {choice::kind::timer, 0, 0};
}

world::choice world::choose_highest() noexcept {
  choice best;
  const auto consider = [&](choice c) {
    if (best.what == choice::kind::nothing || c.priority > best.priority) best = c;
  };
  if (ready_.size() != 0) consider({choice::kind::work, 0, ready_.highest()});
  if (time_.any_due()) consider({choice::kind::timer, 0, timer_priority_});
  for (std::size_t i = 0; i != workers_.size(); ++i) {
    if (!workers_[i]->forks.empty()) consider({choice::kind::fork, i, fork_priorities_[i]});
  }
  return best;
}

void world::lower(const choice& c) noexcept {
  switch (c.what) {
    case choice::kind::work: ready_.add(ready_.take_highest(), chains_.lower()); break;
    case choice::kind::fork: fork_priorities_[c.index] = chains_.lower(); break;
    case choice::kind::timer: timer_priority_ = chains_.lower(); break;
    case choice::kind::nothing: break;
  }
}

void world::carry_out(const choice& c) noexcept {
  const std::size_t who = dice_.below(workers_.size());
  worker& by = *workers_[who];
  note((steps_ << 8 | static_cast<std::uint64_t>(c.what)) ^ (c.index << 32) ^ (who << 56));
  chains_.begin_step(c.priority);
  by.budget = dice_.chance(short_turns) ? static_cast<std::int32_t>(1 + dice_.below(4))
                                        : lane::operations_per_turn;
  base::install_lane(&by);
  if (c.what == choice::kind::timer) {
    time_.fire_one();
  } else if (work* const w = take(c, by); w != nullptr) {
    w->run(*w);
  }
  base::install_lane(nullptr);
}

work* world::take(const choice& c, worker& by) noexcept {
  if (c.what == choice::kind::fork) {
    worker& from = *workers_[c.index];
    if (&from == &by) return by.forks.pop();
    work* const shown = from.forks.steal();
    return shown != nullptr ? shown : from.forks.raid();
  }
  return options_.order == simulation_order::random ? &ready_.take_at(c.index)
                                                    : &ready_.take_highest();
}

void world::interrupt() noexcept {
  while (!interruptions.empty() && interruptions.begin()->first <= steps_) {
    const auto f = std::move(interruptions.extract(interruptions.begin()).mapped());
    f();
  }
}

// Nothing can be done now: the next timer, or `limit`, is what comes next.
void world::let_time_pass(std::int64_t limit) noexcept {
  const std::int64_t next = std::min(time_.next(), limit);
  if (next == timeline::never) {
    stuck(
        "is in a deadlock: everything that is left of it is parked, no timer is set, and no "
        "input or output is under way");
    return;
  }
  time_.advance_to(next);
  steps_at_once_ = 0;
  note(static_cast<std::uint64_t>(next));
}

// FNV-1a's step, on whole words.
void world::note(std::uint64_t decision) noexcept { trace_ = (trace_ ^ decision) * 0x100000001B3U; }

}  // namespace jackdaw::simulated
