// SPDX-License-Identifier: MIT
// The seam: every concurrent part of jackdaw takes its atomics and its asymmetric barrier from
// here.
//
// A checker (Relacy, the simulation) replaces this header's content by defining JACKDAW_SEAM to a
// header of its own, so that the very sources that ship are the ones that are checked. Users never
// define it.
#pragma once

#if defined(JACKDAW_SEAM)
#include JACKDAW_SEAM
#else

#include <atomic>

namespace jackdaw::base {

template <class T>
using atomic = std::atomic<T>;

/// A plain variable that a checker watches for data races. It is T itself in every other build.
template <class T>
using plain = T;

/// Tells the core that this is a spin loop: lets the sibling hyper-thread run and saves power.
inline void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace jackdaw::base

#endif
