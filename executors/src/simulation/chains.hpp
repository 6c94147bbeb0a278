// SPDX-License-Identifier: MIT
// Priorities of chains of steps, for schedules that find what a few changes of order can break.
#pragma once

#include <cstdint>
#include <vector>

#include <jackdaw/executors/simulation.hpp>

#include "simulation/dice.hpp"
#include "simulation/own_memory.hpp"

namespace jackdaw::simulated {

/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatte, ASPLOS 2010)
/// over chains of steps instead of threads (Ozkan, Majumdar, Niksic, Befrouei and Weissenbacher,
/// "Randomized Testing of Distributed Systems with Probabilistic Guarantees", OOPSLA 2018): what a
/// step submits first goes on with the step's chain, what it submits more begins chains. A chain
/// has a random priority; the highest one runs; at depth - 1 random steps the chain that would run
/// becomes the lowest. Tasks have no identity of their own here, for an address is not the same in
/// two runs.
///
/// Deviation: a chain that has run alone for many steps in a row becomes the lowest too, so that a
/// task that yields until another one has done something does not wait for ever.
class chains {
 public:
  chains(const simulation_options& options, dice& d);

  /// Of a chain that begins.
  [[nodiscard]] std::uint64_t fresh() noexcept { return dice_->next() | lowest_possible; }
  /// Of one that comes after all others.
  [[nodiscard]] std::uint64_t lower() noexcept { return --lowest_; }

  /// Must the chain of that priority, which would run next, become the lowest first?
  [[nodiscard]] bool must_change(std::uint64_t priority) noexcept;
  /// A step of a chain begins.
  void begin_step(std::uint64_t priority) noexcept;
  /// The priority of what the step submits.
  [[nodiscard]] std::uint64_t next_submission() noexcept;

 private:
  static constexpr std::uint64_t lowest_possible = std::uint64_t{1} << 63;  // of a fresh chain
  static constexpr std::uint32_t in_a_row_max = 64;

  dice* dice_;
  std::vector<std::uint64_t, own_memory<std::uint64_t>> changes_;  // steps, the next one last
  std::uint64_t lowest_ = lowest_possible;
  std::uint64_t step_ = 0;
  std::uint64_t current_ = 0;  // the running chain's
  std::uint32_t in_a_row_ = 0;
  bool goes_on_ = false;  // it has not submitted anything yet
};

}  // namespace jackdaw::simulated
