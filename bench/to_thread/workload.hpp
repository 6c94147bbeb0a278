// SPDX-License-Identifier: MIT
// Functions that return at once, on threads that may block: 10,000 in a burst, and one by one.
#pragma once

#include <cstdint>

namespace blocking {

inline constexpr std::uint64_t calls = 10'000;

}  // namespace blocking
