// SPDX-License-Identifier: MIT
// Runs a Relacy test: every interleaving up to a bound of preemptions, then many random ones.
//
// What a test asks for is what suits each change. The environment overrides it for a soak:
// JACKDAW_PREEMPTIONS is the least bound of every exhaustive search, JACKDAW_SCHEDULES the number
// of random schedules; JACKDAW_SCENARIO chooses the scenarios whose sentences contain it.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <sstream>
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

/// One search. Prints what Relacy says: the number of schedules, or the history that breaks
/// `Suite`.
template <class Suite>
bool search(rl::test_params params) {
  std::ostream nowhere(nullptr);
  std::ostringstream report;
  params.output_stream = &report;
  params.progress_stream = &nowhere;
  params.execution_depth_limit = 20'000;
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
bool check_randomly(const char* sentence, std::uint64_t schedules = 200'000) {
  if (!is_chosen(sentence)) return true;
  rl::test_params random;
  random.search_type = rl::sched_random;
  random.iteration_count = asked_for("JACKDAW_SCHEDULES", schedules);
  if (random.iteration_count == 0) return true;
  std::cout << "random schedules: " << sentence << std::endl;
  return search<Suite>(random);
}

/// False if some schedule with that many preemptions, or a random one, breaks `Suite`.
template <class Suite>
bool check(const char* sentence, std::uint64_t preemptions = 3, std::uint64_t random = 200'000) {
  if (!is_chosen(sentence)) return true;
  rl::test_params bounded;
  bounded.search_type = rl::sched_bound;
  bounded.context_bound = static_cast<unsigned>(asked_for("JACKDAW_PREEMPTIONS", preemptions));
  std::cout << "all " << bounded.context_bound << "-preemption schedules: " << sentence
            << std::endl;
  return search<Suite>(bounded) && check_randomly<Suite>(sentence, random);
}

}  // namespace interleavings
