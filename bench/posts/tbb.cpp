// SPDX-License-Identifier: MIT
// Posts on oneTBB: enqueue.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <atomic>

#include "workload.hpp"

int main(int argc, char** argv) {
  const unsigned workers = measure::workers(argc, argv);
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          workers + 1);
  oneapi::tbb::task_arena arena(static_cast<int>(workers), 0);
  std::atomic<int> done{0};
  const int wrong = posting::share_of_core(
      [&] { arena.enqueue([&done] { done.fetch_add(1, std::memory_order_release); }); });
  while (done.load(std::memory_order_acquire) != posting::posts) std::this_thread::yield();
  return wrong;
}
