// SPDX-License-Identifier: MIT
#include "simulation/chains.hpp"

#include <algorithm>
#include <utility>

namespace jackdaw::simulated {

chains::chains(const simulation_options& options, dice& d) : dice_(&d) {
  for (std::uint32_t i = 1; i < options.depth; ++i)
    changes_.push_back(d.below(options.expected_steps));
  std::ranges::sort(changes_, std::greater<>());
}

bool chains::must_change(std::uint64_t priority) noexcept {
  if (!changes_.empty() && changes_.back() <= step_) {
    changes_.pop_back();
    return true;
  }
  if (priority != current_ || in_a_row_ < in_a_row_max) return false;
  in_a_row_ = 0;
  return true;
}

void chains::begin_step(std::uint64_t priority) noexcept {
  ++step_;
  in_a_row_ = priority == current_ ? in_a_row_ + 1 : 0;
  current_ = priority;
  goes_on_ = true;
}

std::uint64_t chains::next_submission() noexcept {
  return std::exchange(goes_on_, false) ? current_ : fresh();
}

}  // namespace jackdaw::simulated
