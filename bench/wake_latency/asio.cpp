// SPDX-License-Identifier: MIT
// Wake-up of a thread of Asio's pool: post.
#include <asio.hpp>

#include <semaphore>

#include "workload.hpp"

int main(int argc, char** argv) {
  asio::thread_pool pool(measure::workers(argc, argv));
  return waking::latency([&] {
    double ran = 0;
    std::binary_semaphore done{0};
    asio::post(pool, [&] {
      ran = measure::wall();
      done.release();
    });
    done.acquire();
    return ran;
  });
}
