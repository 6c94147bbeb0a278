// SPDX-License-Identifier: MIT
// What the reactor keeps of one descriptor.
#pragma once

#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/io/operation.hpp>

#include "reactor/readiness.hpp"

namespace jackdaw::reactor {

/// A registered descriptor. Its memory is never given back before the reactor ends, so an outdated
/// event finds a slot, and the generation tells it that the descriptor is another one now.
///
/// The descriptor is closed when all its users are gone: who closes it, and either direction once
/// no operation is in it. The slot is free again when, besides, its owner has released it.
struct alignas(base::cache_line) slot final : io::registration {
  readiness<io::operation> inward;
  readiness<io::operation> outward;

  // Written when the slot is freed; read by the reactor with each event. Orders nothing.
  base::atomic<std::uint32_t> generation{0};
  // Written by the closer and by operations that find their direction closed; acq_rel, so that
  // every system call on the descriptor happens before its close.
  base::atomic<std::uint32_t> users{0};
  // Whoever releases, and whoever closes the descriptor; acq_rel, as above.
  base::atomic<std::uint32_t> holders{0};
  std::uint32_t index = 0;  // where in the table; written once
  bool watched =
      false;  // in the epoll set; written by whoever opens or connects it, read by the closer
  bool borrowed = false;      // somebody else closes the descriptor
  slot* next_free = nullptr;  // guarded by the table's lock

  [[nodiscard]] readiness<io::operation>& direction(const io::operation& op) noexcept {
    return op.outward() ? outward : inward;
  }
  /// So many users are gone. True: they were the last, and the caller closes the descriptor.
  [[nodiscard]] bool leave(std::uint32_t count) noexcept {
    return users.fetch_sub(count, std::memory_order_acq_rel) == count;  // see the field
  }
  /// A holder is gone. True: it was the last, and the caller gives the slot back.
  [[nodiscard]] bool let_go() noexcept {
    return holders.fetch_sub(1, std::memory_order_acq_rel) == 1;  // see the field
  }
};

#if !defined(JACKDAW_SEAM)
static_assert(sizeof(slot) == base::cache_line);
#endif

}  // namespace jackdaw::reactor
