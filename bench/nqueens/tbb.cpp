// SPDX-License-Identifier: MIT
// Queens on oneTBB: task_group.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_group.h>

#include <numeric>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

std::uint64_t solutions(const queens::board& board, std::size_t placed) {
  if (placed == queens::size) return 1;
  std::array<std::uint64_t, queens::size> sums{};
  oneapi::tbb::task_group group;
  for (std::size_t column = 0; column < queens::size; ++column) {
    if (!queens::fits(board, placed, column)) continue;
    group.run([&sum = sums[column], next = queens::with_queen(board, placed, column), placed] {
      sum = solutions(next, placed + 1);
    });
  }
  group.wait();
  return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
}

}  // namespace

int main(int argc, char** argv) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          measure::workers(argc, argv));
  return measure::once("nqueens", [] { return solutions({}, 0) == queens::expected; });
}
