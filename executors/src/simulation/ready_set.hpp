// SPDX-License-Identifier: MIT
// The work that can be run next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <jackdaw/work.hpp>

#include "simulation/own_memory.hpp"

namespace jackdaw::simulated {

/// Work that was submitted and not run, each with the priority of its chain.
///
/// Thread safety: none; the simulation's thread.
class ready_set {
 public:
  /// `by_priority`: a heap; else in no order, and all priorities are 0.
  explicit ready_set(bool by_priority) noexcept : by_priority_(by_priority) {}

  void add(work& w, std::uint64_t priority) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  /// Of the work that `take_highest` would give. Not empty.
  [[nodiscard]] std::uint64_t highest() const noexcept { return entries_.front().priority; }
  work& take_highest() noexcept;
  work& take_at(std::size_t index) noexcept;

 private:
  struct entry {
    std::uint64_t priority;
    work* what;
    friend bool operator<(const entry& a, const entry& b) noexcept {
      return a.priority < b.priority;
    }
  };

  const bool by_priority_;
  std::vector<entry, own_memory<entry>> entries_;
};

}  // namespace jackdaw::simulated
