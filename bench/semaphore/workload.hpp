// SPDX-License-Identifier: MIT
// 1000 tasks share 10 permits; each takes one 200 times and holds it across a yield, so that most
// tasks wait.
#pragma once

#include <cstdint>

namespace permits {

inline constexpr std::uint64_t tasks = 1'000;
inline constexpr std::uint64_t each = 200;
inline constexpr std::int64_t count = 10;

}  // namespace permits
