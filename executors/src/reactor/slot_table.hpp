// SPDX-License-Identifier: MIT
// The slots of a reactor: found by number, never unmapped, used again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/bound.hpp>
#include <jackdaw/base/small_mutex.hpp>

#include "reactor/slot.hpp"

namespace jackdaw::reactor {

/// Slots in slabs of doubling size, so that a number finds its slot without a lock and nothing ever
/// moves.
///
/// Thread safety: every member from any thread.
class slot_table {
 public:
  slot_table() = default;
  slot_table(const slot_table&) = delete;
  slot_table& operator=(const slot_table&) = delete;
  ~slot_table();

  /// A slot for `fd`, both directions ready to be tried. Throws std::bad_alloc.
  [[nodiscard]] slot& take(int fd);
  /// Events of the old generation find nobody from here on.
  void give_back(slot& s) noexcept;

  /// What an event carries: number and generation.
  [[nodiscard]] static std::uint64_t key(const slot& s) noexcept {
    // relaxed: the caller owns the slot
    return std::uint64_t{s.index} << 32 | s.generation.load(std::memory_order_relaxed);
  }
  /// The slot of an event; null if its descriptor has been closed since.
  [[nodiscard]] slot* find(std::uint64_t key) noexcept;

  /// Slots in use; for tests and metrics.
  [[nodiscard]] std::size_t in_use() const noexcept;

 private:
  static constexpr std::uint32_t first_slab = base::bound(256, 1);
  static constexpr std::size_t slabs_max = 24;

  [[nodiscard]] slot& at(std::uint32_t index) noexcept;
  void grow();

  mutable base::small_mutex lock_;
  slot* free_ = nullptr;        // guarded by lock_
  std::size_t in_use_ = 0;      // guarded by lock_
  std::size_t slab_count_ = 0;  // guarded by lock_
  // Each written once under lock_, before any key of it exists; read by the reactor, which has a
  // key.
  std::array<base::atomic<slot*>, slabs_max> slabs_{};
};

}  // namespace jackdaw::reactor
