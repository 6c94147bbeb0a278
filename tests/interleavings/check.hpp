// SPDX-License-Identifier: MIT
// Runs a Relacy test: every interleaving up to a bound of preemptions, then many random ones.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "relacy_seam.hpp"

namespace interleavings {

/// The number of random schedules can be given in JACKDAW_SCHEDULES; a soak sets it high.
inline std::uint64_t random_schedules(std::uint64_t by_default) {
  const char* const wanted = std::getenv("JACKDAW_SCHEDULES");
  return wanted == nullptr ? by_default : std::strtoull(wanted, nullptr, 10);
}

/// One search. Prints what Relacy says: the number of schedules, or the history that breaks
/// `Suite`.
template <class Suite>
bool search(rl::test_params params) {
  std::ostream nowhere(nullptr);
  std::ostringstream report;
  params.output_stream = &report;
  params.progress_stream = &nowhere;
  params.execution_depth_limit = 10'000;
  const auto begin = std::chrono::steady_clock::now();
  const bool passed = rl::simulate<Suite>(params);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  if (!passed) std::cout << report.str();
  std::cout << "  " << params.stop_iteration << " schedules, " << std::fixed << std::setprecision(1)
            << taken.count() << " s: " << (passed ? "passed" : "FAILED") << std::endl;
  return passed;
}

/// False if one of many random schedules breaks `Suite`.
template <class Suite>
bool check_randomly(const char* sentence, std::uint64_t schedules = 1'000'000) {
  std::cout << "random schedules: " << sentence << std::endl;
  rl::test_params random;
  random.search_type = rl::sched_random;
  random.iteration_count = random_schedules(schedules);
  return search<Suite>(random);
}

/// False if some schedule with that many preemptions, or a random one, breaks `Suite`.
template <class Suite>
bool check(const char* sentence, unsigned context_bound = 3, std::uint64_t random = 1'000'000) {
  std::cout << "all " << context_bound << "-preemption schedules: " << sentence << std::endl;
  rl::test_params bounded;
  bounded.search_type = rl::sched_bound;
  bounded.context_bound = context_bound;
  return search<Suite>(bounded) && check_randomly<Suite>(sentence, random);
}

}  // namespace interleavings
