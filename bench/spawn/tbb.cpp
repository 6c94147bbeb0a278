// SPDX-License-Identifier: MIT
// Spawn and join on oneTBB: task_group.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_group.h>

#include <numeric>
#include <vector>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

bool in_groups_of(std::uint64_t size) {
  bool right = true;
  for (std::uint64_t done = 0; done < spawning::tasks; done += size) {
    std::vector<std::uint64_t> values(size);
    oneapi::tbb::task_group group;
    for (std::uint64_t i = 0; i < size; ++i) group.run([&value = values[i], i] { value = i; });
    group.wait();
    const std::uint64_t sum = std::accumulate(values.begin(), values.end(), std::uint64_t{0});
    right = right && sum == spawning::sum_below(size);
  }
  return right;
}

}  // namespace

int main(int argc, char** argv) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          measure::workers(argc, argv));
  const auto run = [&](const char* name, std::uint64_t size) {
    return measure::per_operation(name, spawning::tasks, [&] { return in_groups_of(size); });
  };
  return run("spawn_batches", spawning::batch) + run("spawn_all", spawning::tasks);
}
