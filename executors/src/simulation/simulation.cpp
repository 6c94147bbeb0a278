// SPDX-License-Identifier: MIT
#include <jackdaw/executors/simulation.hpp>

#include <stdexcept>
#include <utility>

#include <jackdaw/base/simulated_thread.hpp>
#include <jackdaw/lane.hpp>

#include "simulation/world.hpp"

namespace jackdaw {

namespace {

const simulation_options& checked(const simulation_options& o) {
  if (o.workers == 0 || o.workers > 255 || o.expected_steps == 0) {
    throw std::invalid_argument(
        "jackdaw: a simulation wants 1 to 255 workers and at least one expected step");
  }
  if (o.network.latency_min.count() < 0 || o.network.latency_max < o.network.latency_min ||
      o.network.buffer == 0 || o.thread_delay_max.count() < 0) {
    throw std::invalid_argument(
        "jackdaw: a simulated network wants 0 <= latency_min <= latency_max and a buffer, and "
        "simulated threads a delay that is not negative");
  }
  return o;
}

}  // namespace

simulation::simulation(simulation_options options)
    : world_(std::make_unique<simulated::world>(*this, checked(options))) {}
simulation::~simulation() = default;

void simulation::refuse_inside() {
  if (base::this_lane() != nullptr || base::this_simulated_thread() != nullptr)
    throw nested_run_error();
}

void simulation::drive(root_base& root) { world_->drive(root); }
void simulation::rethrow_unhandled(std::exception_ptr of_the_task) {
  world_->rethrow_unhandled(std::move(of_the_task));
}

void simulation::submit(work& w) noexcept { world_->submit(w); }

void simulation::at_step(std::uint64_t step, std::function<void()> f) {
  world_->interruptions.emplace(step, std::move(f));
}
void simulation::on_unhandled(std::function<void(const unhandled_error&)> hook) {
  world_->hook = std::move(hook);
}

const simulation_options& simulation::options() const noexcept { return world_->options(); }
std::uint64_t simulation::steps() const noexcept { return world_->steps(); }
std::uint64_t simulation::trace_hash() const noexcept { return world_->trace_hash(); }
std::int64_t simulation::now() const noexcept { return world_->now(); }
services& simulation::environment() noexcept { return *world_; }

}  // namespace jackdaw
