// SPDX-License-Identifier: MIT
// The option `jd::timeout{30s}`.
#pragma once

#include <chrono>

namespace jackdaw {

/// A limit of time, as an option of combinators. Zero and less mean: only what needs no waiting.
struct timeout {
  std::chrono::nanoseconds after;
};

}  // namespace jackdaw
