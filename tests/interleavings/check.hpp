// SPDX-License-Identifier: MIT
// Runs a Relacy test: every interleaving up to a bound of preemptions, then many random ones.
//
// What a test asks for is what suits each change. The environment overrides it for a soak:
// JACKDAW_PREEMPTIONS is the bound of the exhaustive searches (0: none), JACKDAW_SCHEDULES the
// number of random schedules; a search gives up after JACKDAW_SECONDS, which it says, and which is
// no failure. JACKDAW_SCENARIO chooses the scenarios whose sentences contain it.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#include "relacy_seam.hpp"

namespace interleavings {

/// A number of the environment.
inline std::uint64_t asked_for(const char* variable, std::uint64_t by_default) {
  const char* const wanted = std::getenv(variable);
  return wanted == nullptr ? by_default : std::strtoull(wanted, nullptr, 10);
}

inline bool is_chosen(std::string_view sentence) {
  const char* const part = std::getenv("JACKDAW_SCENARIO");
  return part == nullptr || sentence.find(part) != std::string_view::npos;
}

using clock = std::chrono::steady_clock;

/// A scheduler of Relacy that gives up when the time is over.
template <class Scheduler>
struct until_a_deadline : Scheduler {
  using Scheduler::Scheduler;

  bool iteration_end() {
    if (Scheduler::iteration_end()) return true;
    gave_up = this->iter_ % 1024 == 0 && clock::now() > deadline;
    return gave_up;
  }
  static inline clock::time_point deadline;
  static inline bool gave_up;
};

/// One search. Prints the number of schedules, or the history that breaks `Suite`.
template <class Suite, template <rl::thread_id_t> class Scheduler>
bool search(const std::string& kind, const std::string& sentence, rl::test_params params) {
  constexpr std::uint64_t for_ever = 1'000'000'000;
  using scheduler = until_a_deadline<Scheduler<Suite::params::thread_count>>;
  std::cout << kind << " schedules of " << Suite::params::thread_count << " threads: " << sentence
            << std::endl;
  std::ostream nowhere(nullptr);
  std::ostringstream report, state, same_state;
  params.output_stream = &report;
  params.progress_stream = &nowhere;
  params.execution_depth_limit = 20'000;
  const auto begin = clock::now();
  scheduler::deadline = begin + std::chrono::seconds(asked_for("JACKDAW_SECONDS", for_ever));
  scheduler::gave_up = false;
  const bool passed =
      rl::run_test<Suite, scheduler>(params, state, false) == rl::test_result_success;
  const std::chrono::duration<double> taken = clock::now() - begin;
  const rl::iteration_t schedules = params.stop_iteration + 1;
  if (!passed) {  // that schedule once more, for its history
    params.initial_state = state.str();
    params.collect_history = true;
    (void)rl::run_test<Suite, scheduler>(params, same_state, true);
    std::cout << report.str();
  }
  const char* const result = !passed ? "FAILED" : scheduler::gave_up ? "passed, gave up" : "passed";
  std::cout << "  " << schedules << " schedules, " << std::fixed << std::setprecision(1)
            << taken.count() << " s: " << result << std::endl;
  return passed;
}

/// False if some schedule with that many preemptions, or one of many random ones, breaks `Suite`.
/// With 0 preemptions only random ones are tried, unless the environment asks for more.
template <class Suite>
bool check(const std::string& sentence, std::uint64_t preemptions = 3,
           std::uint64_t random = 200'000) {
  if (!is_chosen(sentence)) return true;
  rl::test_params bounded, randomly;
  bounded.search_type = rl::sched_bound;
  bounded.context_bound = static_cast<unsigned>(asked_for("JACKDAW_PREEMPTIONS", preemptions));
  randomly.search_type = rl::sched_random;
  const std::uint64_t schedules = asked_for("JACKDAW_SCHEDULES", random);
  randomly.iteration_count = schedules - 1;  // Relacy numbers them from 0 to this one
  const std::string kind = "all " + std::to_string(bounded.context_bound) + "-preemption";
  return (bounded.context_bound == 0 ||
          search<Suite, rl::context_bound_scheduler>(kind, sentence, bounded)) &&
         (schedules == 0 || search<Suite, rl::random_scheduler>("random", sentence, randomly));
}

/// The same, by random schedules alone.
template <class Suite>
bool check_randomly(const std::string& sentence, std::uint64_t random = 200'000) {
  return check<Suite>(sentence, 0, random);
}

}  // namespace interleavings
