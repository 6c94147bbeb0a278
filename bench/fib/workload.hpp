// SPDX-License-Identifier: MIT
// fib(39) by its definition: 204,668,309 calls, half of them forked, with no cutoff. Nothing but
// the price of a fork.
#pragma once

#include <cstdint>

namespace fibonacci {

inline constexpr int argument = 39;
inline constexpr std::uint64_t expected = 63'245'986;

}  // namespace fibonacci
