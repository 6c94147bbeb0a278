// SPDX-License-Identifier: MIT
// Skynet on oneTBB: task_group, the last child in place.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_group.h>

#include <array>
#include <numeric>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

std::uint64_t tree(std::uint64_t first, std::uint64_t leaves) {
  if (leaves == 1) return first;
  const std::uint64_t part = leaves / skynet::fan_out;
  std::array<std::uint64_t, skynet::fan_out> sums{};
  oneapi::tbb::task_group group;
  for (std::size_t i = 0; i + 1 < skynet::fan_out; ++i)
    group.run([&sums, i, first, part] { sums[i] = tree(first + i * part, part); });
  sums.back() = tree(first + (skynet::fan_out - 1) * part, part);
  group.wait();
  return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
}

}  // namespace

int main(int argc, char** argv) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          measure::workers(argc, argv));
  return measure::once("skynet", [] { return tree(0, skynet::leaves) == skynet::expected; });
}
