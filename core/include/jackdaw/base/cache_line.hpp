// SPDX-License-Identifier: MIT
// The distance that keeps two threads' data from sharing a cache line.
#pragma once

#include <cstddef>

namespace jackdaw::base {

/// Bytes. Fixed rather than std::hardware_destructive_interference_size, whose value may change
/// with a compiler flag and with it the layout of public types. x86 prefetches lines in pairs, but
/// padding to 128 showed no gain.
inline constexpr std::size_t cache_line = 64;

}  // namespace jackdaw::base
