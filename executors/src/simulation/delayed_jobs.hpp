// SPDX-License-Identifier: MIT
// Jobs for simulated threads: each begins a while after it was started, and has its effect a while
// after that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include <jackdaw/lane.hpp>
#include <jackdaw/time/timer.hpp>

#include "simulation/dice.hpp"
#include "simulation/own_memory.hpp"
#include "simulation/timeline.hpp"

namespace jackdaw::simulated {

/// Thread safety: none; the simulation's thread.
template <class Job>
class delayed_jobs {
 public:
  using function = void (*)(Job&) noexcept;

  delayed_jobs(timeline& t, dice& d, std::int64_t delay_max, function run) noexcept
      : time_(&t), dice_(&d), delay_max_(delay_max), run_(run) {}
  delayed_jobs(const delayed_jobs&) = delete;
  delayed_jobs& operator=(const delayed_jobs&) = delete;

  void start(Job& j) noexcept {
    delayed& d = jobs_.try_emplace(&j, *this, j).first->second;
    time_->add_after(d, delay());
  }
  /// False: it has begun.
  [[nodiscard]] bool remove(Job& j) noexcept {
    const auto found = jobs_.find(&j);
    if (found == jobs_.end() || found->second.begun) return false;
    (void)time_->remove(found->second);
    jobs_.erase(found);
    return true;
  }
  [[nodiscard]] bool empty() const noexcept { return jobs_.empty(); }

 private:
  struct delayed : timer_node {
    delayed(delayed_jobs& owner, Job& j) noexcept : timer_node(passed), jobs(&owner), job(&j) {}
    delayed_jobs* jobs;
    Job* job;
    bool begun = false;
  };
  using map = std::map<Job*, delayed, std::less<>, own_memory<std::pair<Job* const, delayed>>>;

  [[nodiscard]] std::int64_t delay() noexcept { return dice_->between(0, delay_max_); }

  static void passed(timer_node& n) noexcept {
    auto& d = static_cast<delayed&>(n);
    delayed_jobs& all = *d.jobs;
    if (!d.begun) {
      d.begun = true;
      all.time_->add_after(d, all.delay());
      return;
    }
    Job& job = *d.job;
    all.jobs_.erase(&job);
    lane* const worker = base::this_lane();  // a job's thread is no worker
    base::install_lane(nullptr);
    all.run_(job);
    base::install_lane(worker);
  }

  timeline* time_;
  dice* dice_;
  std::int64_t delay_max_;
  function run_;
  map jobs_;
};

}  // namespace jackdaw::simulated
