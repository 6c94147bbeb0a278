// SPDX-License-Identifier: MIT
// 1000 tasks that do nothing but let the others go first, 1000 times each.
#pragma once

#include <cstdint>

namespace yielding {

inline constexpr std::uint64_t tasks = 1'000;
inline constexpr std::uint64_t each = 1'000;

}  // namespace yielding
