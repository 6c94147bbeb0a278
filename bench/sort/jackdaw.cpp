// SPDX-License-Identifier: MIT
// Merge sort on jackdaw: gather of two, for the halves and for the merges.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;
using sorting::range;
using sorting::sorted_range;

jd::task<> merge(sorted_range a, sorted_range b, range out) {
  if (out.size() <= sorting::leaf) {
    sorting::merge_leaf(a, b, out);
    co_return;
  }
  const auto [in_a, in_b] = sorting::halve(a, b);
  co_await jd::gather(merge(a.first(in_a), b.first(in_b), out.first(in_a + in_b)),
                      merge(a.subspan(in_a), b.subspan(in_b), out.subspan(in_a + in_b)));
}

/// Sorts `data`, into `other` if `away`, else in place.
jd::task<> merge_sort(range data, range other, bool away) {
  if (data.size() <= sorting::leaf) {
    std::sort(data.begin(), data.end());
    if (away) std::copy(data.begin(), data.end(), other.begin());
    co_return;
  }
  const std::size_t half = data.size() / 2;
  co_await jd::gather(merge_sort(data.first(half), other.first(half), !away),
                      merge_sort(data.subspan(half), other.subspan(half), !away));
  const range from = away ? data : other;
  co_await merge(from.first(half), from.subspan(half), away ? other : data);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> data = sorting::numbers(), other(data.size());
  int wrong = 0;
  {
    jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
    wrong = measure::once("sort", [&] {
      runtime.run(merge_sort(data, other, false));
      return true;
    });
  }
  return data == sorting::expected() ? wrong : 1;
}
