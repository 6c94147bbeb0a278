// SPDX-License-Identifier: MIT
// parallel_for: a loop over many threads, awaited.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <oneapi/tbb/parallel_for.h>
#include <jackdaw/offload/offload.hpp>
#include <jackdaw/parallel/parallel_options.hpp>

namespace jackdaw {

/// `co_await jd::parallel_for(0, n, [&](int i) { ... });`: calls `body(i)` for every i in
/// [first, last), integers or random access iterators, on the runtime's oneTBB arena, in any order
/// and at the same time; returns when all have ended. oneTBB's algorithms may be called in the
/// body, which must not await.
///
/// What a body throws is thrown, once the others have stopped. A checkpoint, as of offload: when
/// the scope is cancelled, no part begins any more (a part is `options.grain` long), and
/// `cancelled` is thrown when those that run have ended. The body is decayed; what it refers to
/// must outlive the await.
template <class Position, class Body>
  requires std::totally_ordered<Position> && std::invocable<const Body&, Position>
auto parallel_for(Position first, Position last, Body body, parallel_options options = {}) {
  static_assert(!awaitable<std::invoke_result_t<const Body&, Position>>,
                "jackdaw: the body of parallel_for cannot await: give it a plain function");
  const auto loop = [](Position from, Position to, const Body& each, parallel_options how) {
    const auto part = [&each](const tbb::blocked_range<Position>& r) {
      for (Position i = r.begin(); i != r.end(); ++i) each(i);
    };
    tbb::parallel_for(base::divisible(from, to, how), part, tbb::simple_partitioner());
  };
  return offload(loop, std::move(first), std::move(last), std::move(body), options);
}

}  // namespace jackdaw
