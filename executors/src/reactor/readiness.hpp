// SPDX-License-Identifier: MIT
// One direction of a descriptor: is it ready, is an operation using it, who waits for it.
#pragma once

#include <cstdint>

#include <jackdaw/base/atomic.hpp>

namespace jackdaw::reactor {

/// One word: the operation that waits (16-aligned, or none), and the flags below. The idea of one
/// word per direction that is empty, ready or a waiter is Go's netpoller's; `busy` and `closed` are
/// added so that a descriptor is never closed under a system call. Protocol and proof sketch:
/// README.md.
///
/// Invariants
///  1. `busy` or a waiter, never both: one operation per direction, a second one is refused.
///  2. `busy` is set by the operation that begins, or by whoever takes the waiter out for a grant,
///  and cleared only by the operation.
///  3. `closed` is never cleared while the slot is in use; no operation waits on a closed
///  direction.
///  4. Ready is cleared only before a system call, or by one that found nothing, so an edge that
///  came meanwhile is kept.
///
/// Thread safety: roles as named. Every transition is a read-modify-write, acquire and release: it
/// hands the operation over, and orders the system calls of successive operations.
template <class Operation>
class readiness {
 public:
  enum class beginning : std::uint8_t { attempt, not_ready, busy, closed };
  enum class ending : std::uint8_t { left, again, closed };

  /// What `close` found.
  struct closing {
    Operation* waiting;  // to be granted
    bool in_use;  // an operation is under way, or about to be granted, and will find the direction
                  // closed
    bool first;   // it was open until now
  };

  /// Whoever opens the slot, before anyone else knows of it.
  void reset() noexcept { word_.store(ready, std::memory_order_relaxed); }

  /// An operation begins. attempt: the direction is its own until `end`.
  [[nodiscard]] beginning begin() noexcept {
    std::uintptr_t old = word_.load(std::memory_order_relaxed);  // decided by the exchange below
    for (;;) {
      if ((old & closed) != 0) return beginning::closed;
      if ((old & ~(ready | hung_up)) != 0) return beginning::busy;
      if (old == 0) return beginning::not_ready;
      if (exchange(old, (old & hung_up) | busy)) return beginning::attempt;
    }
  }

  /// The operation's system call has found nothing. again: but an edge came meanwhile, try once
  /// more.
  [[nodiscard]] ending end_empty() noexcept {
    std::uintptr_t old = word_.load(std::memory_order_relaxed);  // decided by the exchange below
    for (;;) {
      if ((old & closed) != 0) {
        if (exchange(old, old & ~(busy | ready))) return ending::closed;
      } else if ((old & ready) != 0) {
        if (exchange(old, old & ~ready)) return ending::again;
      } else if (exchange(old, old & ~busy)) {
        return ending::left;
      }
    }
  }

  /// The operation ends with a result. `drained`: it got less than it asked for, so there is
  /// nothing more before the next edge; unless the peer has hung up, for the edge that said so may
  /// have been the last one.
  [[nodiscard]] ending end(bool drained) noexcept {
    std::uintptr_t old = word_.load(std::memory_order_relaxed);  // decided by the exchange below
    for (;;) {
      const bool stays_ready = !drained || (old & (ready | hung_up)) != 0;
      const std::uintptr_t next = (old & (hung_up | closed)) | (stays_ready ? ready : 0);
      if (exchange(old, next)) return (old & closed) != 0 ? ending::closed : ending::left;
    }
  }

  /// The operation waits. False: not now, begin anew.
  [[nodiscard]] bool wait(Operation& op) noexcept {
    std::uintptr_t old = word_.load(std::memory_order_relaxed);  // decided by the exchange below
    while ((old & ~hung_up) == 0) {
      if (exchange(old, old | address(op))) return true;
    }
    return false;
  }

  /// A canceller takes a waiter back. False: it is not there any more.
  [[nodiscard]] bool unlink(Operation& op) noexcept {
    std::uintptr_t old = word_.load(std::memory_order_relaxed);  // decided by the exchange below
    while ((old & ~flags) == address(op)) {
      if (exchange(old, old & flags)) return true;
    }
    return false;
  }

  /// The reactor has an edge. Returns who waited for it, to be granted.
  [[nodiscard]] Operation* signal(bool hang_up) noexcept {
    std::uintptr_t old = word_.load(std::memory_order_relaxed);  // decided by the exchange below
    const std::uintptr_t sticky = hang_up ? hung_up : 0;
    for (;;) {
      if ((old & closed) != 0) return nullptr;
      const bool waited = (old & ~flags) != 0;
      const std::uintptr_t next = waited ? (old & hung_up) | busy | sticky : old | ready | sticky;
      // Ready and unused: whoever begins next makes its system call after this look at the word.
      if (next == old && (old & busy) == 0) return nullptr;
      if (exchange(old, next)) return waited ? pointer(old) : nullptr;
    }
  }

  [[nodiscard]] closing close() noexcept {
    std::uintptr_t old = word_.load(std::memory_order_relaxed);  // decided by the exchange below
    for (;;) {
      if ((old & closed) != 0) return {nullptr, (old & busy) != 0, false};
      const bool waited = (old & ~flags) != 0;
      const bool in_use = waited || (old & busy) != 0;
      if (exchange(old, closed | (in_use ? busy : 0)))
        return {waited ? pointer(old) : nullptr, in_use, true};
    }
  }

  [[nodiscard]] bool is_closed() const noexcept {
    // relaxed: whoever goes on after this look acquires by the exchange that follows it.
    return (word_.load(std::memory_order_relaxed) & closed) != 0;
  }

 private:
  static constexpr std::uintptr_t ready =
      1;  // an edge has come since the last attempt that found nothing
  static constexpr std::uintptr_t busy = 2;    // an operation has the direction
  static constexpr std::uintptr_t closed = 4;  // no more operations
  static constexpr std::uintptr_t hung_up =
      8;  // the peer will not send (or take) more: there may be no further edge
  static constexpr std::uintptr_t flags = 15;

  static std::uintptr_t address(Operation& op) noexcept {
    return reinterpret_cast<std::uintptr_t>(&op);
  }
  static Operation* pointer(std::uintptr_t v) noexcept {
    return reinterpret_cast<Operation*>(v & ~flags);
  }

  bool exchange(std::uintptr_t& old, std::uintptr_t next) noexcept {
    return word_.compare_exchange_weak(old, next, std::memory_order_acq_rel,
                                       std::memory_order_relaxed);
  }

  // Writers: operations (begin, end, wait), the reactor (signal), cancellers (unlink), the closer.
  // Partners: each other.
  base::atomic<std::uintptr_t> word_{ready};
};

}  // namespace jackdaw::reactor
