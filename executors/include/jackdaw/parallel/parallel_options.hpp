// SPDX-License-Identifier: MIT
// How a parallel algorithm divides its work.
#pragma once

#include <cstddef>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/task_arena.h>

namespace jackdaw {

struct parallel_options {
  /// Elements that are worked on without a look at cancellation; a part has at least half as many.
  /// 0: so many that every thread gets some 64 parts.
  std::size_t grain = 0;
};

namespace base {

/// The range that oneTBB divides; inside the arena.
template <class Position>
tbb::blocked_range<Position> divisible(Position first, Position last, parallel_options options) {
  constexpr std::size_t parts_per_thread = 64;
  if (!(first < last)) return {first, first, 1};
  std::size_t grain = options.grain;
  if (grain == 0) {
    const auto threads = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
    grain = static_cast<std::size_t>(last - first) / (threads * parts_per_thread);
  }
  return {first, last, grain != 0 ? grain : 1};
}

}  // namespace base
}  // namespace jackdaw
