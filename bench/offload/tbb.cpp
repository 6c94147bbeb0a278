// SPDX-License-Identifier: MIT
// The same way by a thread that waits: enqueue and a semaphore.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <semaphore>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

bool sequence(oneapi::tbb::task_arena& arena) {
  std::uint64_t sum = 0;
  std::binary_semaphore done{0};
  for (std::uint64_t i = 0; i < bursts::calls; ++i) {
    arena.enqueue([&] {
      ++sum;
      done.release();
    });
    done.acquire();
  }
  return sum == bursts::calls;
}

}  // namespace

int main(int argc, char** argv) {
  const unsigned workers = measure::workers(argc, argv);
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          workers + 1);
  oneapi::tbb::task_arena arena(static_cast<int>(workers), 0);
  return measure::per_operation("offload", bursts::calls, [&] { return sequence(arena); });
}
