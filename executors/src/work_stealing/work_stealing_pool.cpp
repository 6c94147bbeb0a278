// SPDX-License-Identifier: MIT
#include <jackdaw/executors/work_stealing_pool.hpp>

#include <jackdaw/time/clock.hpp>

#include "work_stealing/pool_core.hpp"

namespace jackdaw {

work_stealing_pool::work_stealing_pool(work_stealing_pool_options options)
    : core_(std::make_unique<work_stealing::pool_core>(
          *this, options.workers != 0 ? options.workers : usable_cpus(), options.poller,
          options.env, options.observer, work_stealing::cache_groups::of_this_machine())) {}

work_stealing_pool::~work_stealing_pool() = default;

void work_stealing_pool::submit(work& w) noexcept { core_->submit(w); }
void work_stealing_pool::submit_soon(work& w) noexcept { core_->submit_soon(w); }
void work_stealing_pool::submit_next_turn(work& w) noexcept { core_->submit_next_turn(w); }
void work_stealing_pool::add(timer_node& node) noexcept { core_->add_timer(node); }
bool work_stealing_pool::remove(timer_node& node) noexcept {
  return timer::timer_wheel::of(node).remove(node);
}
std::int64_t work_stealing_pool::now() const noexcept {
  return clock::now().time_since_epoch().count();
}
bool work_stealing_pool::on_worker() const noexcept { return core_->current() != nullptr; }

std::vector<worker_metrics> work_stealing_pool::metrics() const {
  std::vector<worker_metrics> all;
  for (const auto& w : core_->workers) {
    all.push_back({.polls = w->polls.load(std::memory_order_relaxed),
                   .steals = w->steals.load(std::memory_order_relaxed),
                   .parks = w->parks.load(std::memory_order_relaxed),
                   .wakes = w->wakes.load(std::memory_order_relaxed),
                   .queue_depth = w->depth_hint()});
  }
  return all;
}

}  // namespace jackdaw
