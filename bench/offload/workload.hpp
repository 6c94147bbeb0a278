// SPDX-License-Identifier: MIT
// The way to oneTBB's arena and back, 10,000 times in a row.
#pragma once

#include <cstdint>

namespace bursts {

inline constexpr std::uint64_t calls = 10'000;

}  // namespace bursts
