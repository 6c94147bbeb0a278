// SPDX-License-Identifier: MIT
// How the run of a simulation begins, ends, or gets stuck.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <jackdaw/cancellation/cancelled.hpp>
#include <jackdaw/diagnostics/task_tree.hpp>
#include <jackdaw/structured/exception_group.hpp>

#include "simulation/world.hpp"

namespace jackdaw::simulated {

void world::drive(root_base& root) {
  base::install_simulated_thread(this);
  root_ = &root;
  steps_ = steps_at_once_ = 0;
  hang_.clear();
  root.schedule();
  root.wait();  // which is where everything runs: block()
  root_ = nullptr;
  end_background();
  drain();
  interruptions.clear();
  base::install_simulated_thread(nullptr);
  if (!hang_.empty()) throw simulation_hang(hang_);
}

// As a runtime does it: cancel, grace, hard cancel.
void world::end_background() noexcept {
  if (background_.size() == 0) return;
  background_.cancel_all(cancel_reason(cancel_kind::shutdown, "the simulation is ending"), false);
  if (background_.wait_until_empty(now() + cleanup_grace_ns)) return;
  background_.cancel_all(cancel_reason(cancel_kind::shutdown, "the simulation's grace has passed"),
                         true);
  (void)background_.wait_until_empty(timeline::never);
}

// What nobody waits for: functions of to_thread that were abandoned, the last steps of scopes.
void world::drain() noexcept {
  for (;;) {
    if (step()) continue;
    if (threads_.idle() && bursts_.idle()) return;
    let_time_pass(timeline::never);
  }
}

// Reports once, and ends the program by a cancel that passes shields. If even that does not help,
// there is no way to end the tasks, and none to go on without them.
void world::stuck(const std::string& why) noexcept {
  std::ostringstream tree;
  const std::vector<task_tree_entry> all = snapshot_tasks();
  const auto waiting =
      std::ranges::count_if(all, [](const task_tree_entry& e) { return !e.waiting_for.empty(); });
  dump_tasks(tree);
  const std::string report = "jackdaw: the simulated program (seed " +
                             std::to_string(options_.seed) + ") " + why + ". " +
                             std::to_string(waiting) + " tasks wait:\n" + tree.str();
  steps_at_once_ = 0;
  if (!hang_.empty()) {
    std::fprintf(stderr, "%s\nIt had been cancelled because of this:\n%s", report.c_str(),
                 hang_.c_str());
    std::abort();
  }
  hang_ = report;
  const cancel_reason reason(cancel_kind::shutdown, "the simulated program hangs");
  if (root_ != nullptr) {
    root_->cancel_hard(reason);
  } else {
    background_.cancel_all(reason, true);
  }
}

void world::unhandled(const unhandled_error& e) noexcept {
  if (hook == nullptr) return unhandled_.push_back(e.error);
  try {
    hook(e);
  } catch (...) {
    unhandled_.push_back(std::current_exception());
  }
}

void world::rethrow_unhandled(std::exception_ptr of_the_task) {
  const auto later = std::exchange(unhandled_, {});
  if (later.empty()) return;
  if (later.size() == 1 && of_the_task == nullptr) std::rethrow_exception(later.front());
  std::vector<exception_group::leaf> leaves;
  if (of_the_task != nullptr) {
    leaves.push_back({std::move(of_the_task), exception_group::body, "the task itself"});
  }
  for (const std::exception_ptr& e : later) leaves.push_back({e, leaves.size(), "unhandled"});
  throw exception_group(std::move(leaves));
}

}  // namespace jackdaw::simulated
