// SPDX-License-Identifier: MIT
// parallel_sort: sorting over many threads, awaited.
#pragma once

#include <functional>
#include <iterator>
#include <utility>

#include <oneapi/tbb/parallel_sort.h>
#include <jackdaw/offload/offload.hpp>

namespace jackdaw {

/// `co_await jd::parallel_sort(v.begin(), v.end());`: sorts [first, last), not stably, by oneTBB's
/// parallel quicksort, on the runtime's arena. The range must outlive the await.
///
/// What the comparison throws is thrown; then, and after a cancel, which ends it between its parts,
/// the range holds the same elements in some order, if swapping them does not throw.
template <std::random_access_iterator Iterator, class Compare = std::less<>>
auto parallel_sort(Iterator first, Iterator last, Compare compare = {}) {
  const auto sort = [](Iterator from, Iterator to, const Compare& less) {
    tbb::parallel_sort(from, to, less);
  };
  return offload(sort, std::move(first), std::move(last), std::move(compare));
}

}  // namespace jackdaw
