// SPDX-License-Identifier: MIT
// Memory that runs out when it is told to. This program's operator new asks
// here.
#pragma once

#include <cstdint>

namespace sweep {

/// While it lives, the calling thread's allocations are counted, and the one of
/// the given number (the first is 1, 0: none) throws std::bad_alloc.
class failing_memory {
 public:
  explicit failing_memory(std::uint64_t which) noexcept;
  failing_memory(const failing_memory&) = delete;
  failing_memory& operator=(const failing_memory&) = delete;
  ~failing_memory();

  [[nodiscard]] std::uint64_t allocations() const noexcept { return allocations_; }

  /// For operator new: is this one to fail?
  [[nodiscard]] static bool fails() noexcept;

 private:
  std::uint64_t which_;
  std::uint64_t allocations_ = 0;
};

}  // namespace sweep
