// SPDX-License-Identifier: MIT
// How long an accept loop pauses when the system has run out of something.
#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace jackdaw::io {

/// Pauses of 5 ms, doubling up to 1 s. Not thread-safe.
class accept_backoff {
 public:
  /// Is it an error that passes when others give something back?
  [[nodiscard]] static bool passes(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
  }

  [[nodiscard]] std::chrono::milliseconds next() noexcept {
    const std::chrono::milliseconds now = pause_;
    pause_ = std::min(2 * pause_, longest);
    return now;
  }
  void reset() noexcept { pause_ = shortest; }

 private:
  static constexpr std::chrono::milliseconds shortest{5};
  static constexpr std::chrono::milliseconds longest{1000};

  std::chrono::milliseconds pause_ = shortest;
};

}  // namespace jackdaw::io
