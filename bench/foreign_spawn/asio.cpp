// SPDX-License-Identifier: MIT
// Functions from a foreign thread on Asio: post into a thread_pool.
#include <asio.hpp>

#include <atomic>
#include <semaphore>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

bool post_all(asio::thread_pool& pool) {
  std::atomic<std::uint64_t> sum{0}, left{foreign::tasks};
  std::binary_semaphore done{0};
  for (std::uint64_t i = 0; i < foreign::tasks; ++i)
    asio::post(pool, [&, i] {
      sum.fetch_add(i, std::memory_order_relaxed);
      if (left.fetch_sub(1, std::memory_order_acq_rel) == 1) done.release();
    });
  done.acquire();
  return sum == foreign::expected;
}

}  // namespace

int main(int argc, char** argv) {
  asio::thread_pool pool(measure::workers(argc, argv));
  return measure::per_operation("foreign_spawn", foreign::tasks, [&] { return post_all(pool); });
}
