// SPDX-License-Identifier: MIT
// Yield on Asio: coroutines that post themselves.
#include <asio.hpp>

#include <atomic>
#include <semaphore>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

asio::awaitable<void> yield_often(std::atomic<std::uint64_t>& sum) {
  const auto here = co_await asio::this_coro::executor;
  std::uint64_t count = 0;
  for (; count < yielding::each; ++count) co_await asio::post(here, asio::use_awaitable);
  sum.fetch_add(count, std::memory_order_relaxed);
}

bool run_all(asio::thread_pool& pool) {
  std::atomic<std::uint64_t> sum{0}, left{yielding::tasks};
  std::binary_semaphore done{0};
  for (std::uint64_t i = 0; i < yielding::tasks; ++i)
    asio::co_spawn(pool, yield_often(sum), [&](const std::exception_ptr&) {
      if (left.fetch_sub(1, std::memory_order_acq_rel) == 1) done.release();
    });
  done.acquire();
  return sum == yielding::tasks * yielding::each;
}

}  // namespace

int main(int argc, char** argv) {
  asio::thread_pool pool(measure::workers(argc, argv));
  return measure::per_operation("yield", yielding::tasks * yielding::each,
                                [&] { return run_all(pool); });
}
