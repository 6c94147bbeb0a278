// SPDX-License-Identifier: MIT
// parallel_reduce: a sum, or the like, over many threads, awaited.
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

#include <oneapi/tbb/parallel_reduce.h>
#include <jackdaw/offload/offload.hpp>
#include <jackdaw/parallel/parallel_options.hpp>

namespace jackdaw {

/// `T sum = co_await jd::parallel_reduce(0, n, T{}, reduce, map);`: as std::transform_reduce,
/// `reduce` of `map(i)` for every i in [first, last), on the runtime's oneTBB arena. `reduce` must
/// be associative, with `identity` as its neutral element; it need not be commutative. For one
/// grain the parts and their order are always the same, and so is the result, even of floating
/// point numbers; without a grain in the options they depend on the number of threads.
///
/// Errors and cancellation as with parallel_for. The functions are decayed; what they refer to must
/// outlive the await.
template <class Position, class T, class Reduce, class Map>
  requires std::totally_ordered<Position> && std::invocable<const Map&, Position> &&
           std::invocable<const Reduce&, T, std::invoke_result_t<const Map&, Position>>
auto parallel_reduce(Position first, Position last, T identity, Reduce reduce, Map map,
                     parallel_options options = {}) {
  static_assert(!awaitable<std::invoke_result_t<const Map&, Position>>,
                "jackdaw: the functions of parallel_reduce cannot await: give it plain ones");
  const auto fold = [](Position from, Position to, const T& zero, const Reduce& add,
                       const Map& each, parallel_options how) -> T {
    const auto part = [&](const tbb::blocked_range<Position>& r, T so_far) {
      for (Position i = r.begin(); i != r.end(); ++i) so_far = add(std::move(so_far), each(i));
      return so_far;
    };
    return tbb::parallel_deterministic_reduce(base::divisible(from, to, how), zero, part, add,
                                              tbb::simple_partitioner());
  };
  return offload(fold, std::move(first), std::move(last), std::move(identity), std::move(reduce),
                 std::move(map), options);
}

}  // namespace jackdaw
