// SPDX-License-Identifier: MIT
// A value that counts its lives: destroyed twice or never, the balance shows it.
#pragma once

namespace toy {

struct counted {
  explicit counted(int v = 1) : value(v) { ++alive; }
  counted(const counted& other) : value(other.value) { ++alive; }
  counted(counted&& other) noexcept : value(other.value) { ++alive; }
  counted& operator=(const counted&) = default;
  ~counted() {
    --alive;
    if (alive < lowest) lowest = alive;
  }

  /// True when each one that was made was destroyed exactly once.
  static bool balanced() { return alive == 0 && lowest == 0; }

  int value;
  static inline int alive = 0;
  static inline int lowest = 0;
};

}  // namespace toy
