// SPDX-License-Identifier: MIT
// What the tests must know of the build that they are in: how much a sanitizer lets them do.
#pragma once

#include <cstddef>

namespace support {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JACKDAW_TESTS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define JACKDAW_TESTS_SANITIZED 1
#endif
#endif

#if defined(JACKDAW_TESTS_SANITIZED)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// `full` in a plain build, a part of it where every step costs ten times as much.
constexpr std::size_t scaled(std::size_t full, std::size_t part) noexcept {
  return sanitized ? full / part : full;
}

}  // namespace support
