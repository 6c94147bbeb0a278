// SPDX-License-Identifier: MIT
// Merge sort on oneTBB: parallel_invoke, for the halves and for the merges.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_invoke.h>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

using sorting::range;
using sorting::sorted_range;

void merge(sorted_range a, sorted_range b, range out) {
  if (out.size() <= sorting::leaf) return sorting::merge_leaf(a, b, out);
  const sorting::cut at = sorting::halve(a, b);
  oneapi::tbb::parallel_invoke(
      [&] { merge(a.first(at.a), b.first(at.b), out.first(at.a + at.b)); },
      [&] { merge(a.subspan(at.a), b.subspan(at.b), out.subspan(at.a + at.b)); });
}

/// Sorts `data`, into `other` if `away`, else in place.
void merge_sort(range data, range other, bool away) {
  if (data.size() <= sorting::leaf) {
    std::sort(data.begin(), data.end());
    if (away) std::copy(data.begin(), data.end(), other.begin());
    return;
  }
  const std::size_t half = data.size() / 2;
  oneapi::tbb::parallel_invoke([&] { merge_sort(data.first(half), other.first(half), !away); },
                               [&] { merge_sort(data.subspan(half), other.subspan(half), !away); });
  const range from = away ? data : other;
  merge(from.first(half), from.subspan(half), away ? other : data);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> data = sorting::numbers(), other(data.size());
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          measure::workers(argc, argv));
  const int wrong = measure::once("sort", [&] {
    merge_sort(data, other, false);
    return true;
  });
  return data == sorting::expected() ? wrong : 1;
}
