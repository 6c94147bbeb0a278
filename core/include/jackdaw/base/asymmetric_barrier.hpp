// SPDX-License-Identifier: MIT
// A full memory barrier between two threads of which only one, the one in no hurry, pays.
#pragma once

#include <jackdaw/base/atomic.hpp>

#if !defined( \
    JACKDAW_SEAM)  // a checker's seam brings its own: both sides a sequentially consistent fence

namespace jackdaw::base {

/// A full memory barrier between two threads of which only one pays: `light` (for the frequent
/// side) is free, `heavy` (for the rare side) costs a system call, microseconds, and an interrupt
/// to running threads.
///
/// If one thread does {store A; light; load B} and another {store B; heavy; load A}, then at least
/// one of the loads sees the other's store. Two lights order nothing. The idea: Goldblatt, "P1202:
/// Asymmetric fences".
///
/// heavy is Linux's membarrier(PRIVATE_EXPEDITED). Where the kernel refuses it, both sides are full
/// fences.
struct asymmetric_barrier {
  /// Registers the process with the kernel. Must happen before every `light` and `heavy` that shall
  /// pair; the runtime calls it before it starts its threads. Idempotent, thread-safe.
  static void prepare() noexcept;

  static void light() noexcept {
    // relaxed: written by prepare() only, which happens before.
    if (!free_light_.load(std::memory_order_relaxed)) [[unlikely]] {
      full_fence();
    }
    asm volatile("" ::: "memory");  // the compiler must not move the load before the store
  }

  /// The same if it is free; else false, and there is no barrier. For code that must not call.
  [[nodiscard]] static bool light_if_free() noexcept {
    if (!free_light_.load(std::memory_order_relaxed)) return false;  // relaxed: as in light()
    asm volatile("" ::: "memory");
    return true;
  }

  static void heavy() noexcept;

 private:
  static void full_fence() noexcept;

  // Written once by prepare(), which happens before all readers (light, heavy).
  static inline atomic<bool> free_light_{false};
};

}  // namespace jackdaw::base

#endif
