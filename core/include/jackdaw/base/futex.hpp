// SPDX-License-Identifier: MIT
// The futex: sleeping until a 32-bit word changes, the only way in
// which jackdaw blocks a thread of its own.
#pragma once

#include <cstdint>

#include <jackdaw/base/atomic.hpp>

#if !defined(JACKDAW_SEAM)  // a checker's seam brings its own three functions

namespace jackdaw::base {

/// Sleeps while `word` holds `expected`. May return spuriously: look at the word again and loop.
void futex_wait(const atomic<std::uint32_t>& word, std::uint32_t expected) noexcept;

/// The same, but not beyond `deadline`: nanoseconds on CLOCK_MONOTONIC. Returns false when the
/// deadline has passed.
[[nodiscard]] bool futex_wait_until(const atomic<std::uint32_t>& word, std::uint32_t expected,
                                    std::int64_t deadline) noexcept;

/// Wakes at most one sleeper. The memory of the word may already be gone: the kernel only compares
/// addresses, so that the worst that can happen is a spurious return elsewhere.
void futex_wake_one(const atomic<std::uint32_t>& word) noexcept;

}  // namespace jackdaw::base

#endif
