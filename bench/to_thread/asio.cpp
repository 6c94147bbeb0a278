// SPDX-License-Identifier: MIT
// A second pool on Asio: a coroutine goes there and comes back.
#include <asio.hpp>

#include <atomic>
#include <semaphore>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

/// Four threads that may block, as libuv has.
asio::thread_pool& blocking_pool() {
  static asio::thread_pool pool(4);
  return pool;
}

asio::awaitable<void> call_often(std::uint64_t calls, std::atomic<std::uint64_t>& sum) {
  const auto here = co_await asio::this_coro::executor;
  for (std::uint64_t i = 0; i < calls; ++i) {
    co_await asio::post(blocking_pool(), asio::use_awaitable);
    sum.fetch_add(1, std::memory_order_relaxed);
    co_await asio::post(here, asio::use_awaitable);
  }
}

bool run(asio::thread_pool& pool, std::uint64_t tasks) {
  std::atomic<std::uint64_t> sum{0}, left{tasks};
  std::binary_semaphore done{0};
  for (std::uint64_t i = 0; i < tasks; ++i)
    asio::co_spawn(pool, call_often(blocking::calls / tasks, sum), [&](const std::exception_ptr&) {
      if (left.fetch_sub(1, std::memory_order_acq_rel) == 1) done.release();
    });
  done.acquire();
  return sum == blocking::calls;
}

}  // namespace

int main(int argc, char** argv) {
  asio::thread_pool pool(measure::workers(argc, argv));
  int wrong = measure::per_operation("to_thread_burst", blocking::calls,
                                     [&] { return run(pool, blocking::calls); });
  wrong +=
      measure::per_operation("to_thread_sequential", blocking::calls, [&] { return run(pool, 1); });
  return wrong;
}
