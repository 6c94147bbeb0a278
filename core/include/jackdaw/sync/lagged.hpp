// SPDX-License-Identifier: MIT
// The error of a subscriber that has missed items of a broadcast.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace jackdaw {

/// A subscriber was so slow that items which it had not received were overwritten. The next receive
/// goes on with the oldest item that is left.
class lagged final : public std::runtime_error {
 public:
  explicit lagged(std::uint64_t missed)
      : std::runtime_error("jackdaw: a subscriber lags behind its broadcast and has missed " +
                           std::to_string(missed) +
                           " items; give it more capacity, or receive "
                           "faster"),
        missed_(missed) {}
  /// How many items it will never get.
  [[nodiscard]] std::uint64_t missed() const noexcept { return missed_; }

 private:
  std::uint64_t missed_;
};

}  // namespace jackdaw
