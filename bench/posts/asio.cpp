// SPDX-License-Identifier: MIT
// Posts on Asio: post into a thread_pool.
#include <asio.hpp>

#include <atomic>

#include "workload.hpp"

int main(int argc, char** argv) {
  asio::thread_pool pool(measure::workers(argc, argv));
  std::atomic<int> done{0};
  const int wrong = posting::share_of_core(
      [&] { asio::post(pool, [&done] { done.fetch_add(1, std::memory_order_relaxed); }); });
  pool.join();
  return done == posting::posts ? wrong : 1;
}
