// SPDX-License-Identifier: MIT
// Wake-up of a worker of oneTBB: enqueue.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <semaphore>

#include "workload.hpp"

int main(int argc, char** argv) {
  const unsigned workers = measure::workers(argc, argv);
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          workers + 1);
  oneapi::tbb::task_arena arena(static_cast<int>(workers), 0);
  return waking::latency([&] {
    double ran = 0;
    std::binary_semaphore done{0};
    arena.enqueue([&] {
      ran = measure::wall();
      done.release();
    });
    done.acquire();
    return ran;
  });
}
