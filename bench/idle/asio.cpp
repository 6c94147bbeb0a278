// SPDX-License-Identifier: MIT
// An idle thread_pool of Asio.
#include <asio.hpp>

#include "workload.hpp"

int main(int argc, char** argv) {
  asio::thread_pool pool(measure::workers(argc, argv));
  asio::steady_timer timer(pool, idleness::sleep);
  timer.async_wait([](const std::error_code&) {});
  const int wrong = idleness::count();
  timer.cancel();
  return wrong;
}
