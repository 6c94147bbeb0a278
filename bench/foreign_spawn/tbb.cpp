// SPDX-License-Identifier: MIT
// Functions from a foreign thread on oneTBB: enqueue into an arena without a place for it.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <atomic>
#include <semaphore>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

bool enqueue_all(oneapi::tbb::task_arena& arena) {
  std::atomic<std::uint64_t> sum{0}, left{foreign::tasks};
  std::binary_semaphore done{0};
  for (std::uint64_t i = 0; i < foreign::tasks; ++i)
    arena.enqueue([&, i] {
      sum.fetch_add(i, std::memory_order_relaxed);
      if (left.fetch_sub(1, std::memory_order_acq_rel) == 1) done.release();
    });
  done.acquire();
  return sum == foreign::expected;
}

}  // namespace

int main(int argc, char** argv) {
  const unsigned workers = measure::workers(argc, argv);
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          workers + 1);
  oneapi::tbb::task_arena arena(static_cast<int>(workers), 0);
  return measure::per_operation("foreign_spawn", foreign::tasks,
                                [&] { return enqueue_all(arena); });
}
