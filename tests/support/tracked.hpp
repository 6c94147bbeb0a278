// SPDX-License-Identifier: MIT
// tracked: a value that counts how many of its kind are alive, to see when frames and arguments
// die.
#pragma once

#include <atomic>

namespace support {

/// Counts its living copies in a counter of the test's; a moved-from one counts no more.
class tracked {
 public:
  using counter = std::atomic<int>;

  explicit tracked(counter& alive) noexcept : alive_(&alive) { add(1); }
  tracked(const tracked& other) noexcept : alive_(other.alive_) { add(1); }
  tracked(tracked&& other) noexcept : alive_(other.alive_) { other.alive_ = nullptr; }
  tracked& operator=(const tracked&) = delete;
  ~tracked() { add(-1); }

 private:
  void add(int n) noexcept {
    // relaxed: the tests read it after a join, which orders it.
    if (alive_ != nullptr) alive_->fetch_add(n, std::memory_order_relaxed);
  }

  counter* alive_;
};

}  // namespace support
