// SPDX-License-Identifier: MIT
// Ping-pong: 1000 tasks at a time each start a partner, send it a ping and wait for its pong.
#pragma once

#include <cstdint>

namespace ping_pong {

inline constexpr std::uint64_t at_once = 1'000;
inline constexpr std::uint64_t rounds = 200;
inline constexpr std::uint64_t all = at_once * rounds;

}  // namespace ping_pong
