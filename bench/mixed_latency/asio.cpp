// SPDX-License-Identifier: MIT
// Mixed load on Asio: posted functions; the last child of a fan-out plans the next one.
#include <asio.hpp>

#include <atomic>
#include <deque>
#include <semaphore>

#include "workload.hpp"

namespace {

std::atomic<bool> stop{false};

class fan_out {
 public:
  explicit fan_out(asio::thread_pool& pool) : pool_(&pool), timer_(pool) {}

  void start() {
    if (stop.load(std::memory_order_relaxed)) return;
    left_.store(mixed::children, std::memory_order_relaxed);
    for (std::size_t i = 0; i < mixed::children; ++i)
      asio::post(*pool_, [this] {
        mixed::compute(mixed::child_seconds);
        if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) rest();
      });
  }

 private:
  void rest() {
    timer_.expires_after(mixed::rest);
    timer_.async_wait([this](const std::error_code&) { start(); });
  }

  asio::thread_pool* pool_;
  asio::steady_timer timer_;
  std::atomic<std::size_t> left_{0};
};

asio::awaitable<void> probe(std::vector<double>& microseconds) {
  const auto here = co_await asio::this_coro::executor;
  asio::steady_timer timer(here);
  for (std::size_t i = 0; i < mixed::probes; ++i) {
    timer.expires_after(mixed::period);
    co_await timer.async_wait(asio::use_awaitable);
    const double before = measure::wall();
    co_await asio::post(here, asio::use_awaitable);
    mixed::compute(mixed::probe_seconds);
    microseconds.push_back((measure::wall() - before) * 1e6);
  }
}

}  // namespace

int main(int argc, char** argv) {
  asio::thread_pool pool(measure::workers(argc, argv));
  std::vector<double> microseconds;
  std::deque<fan_out> fan_outs;
  for (std::size_t i = 0; i < mixed::fan_outs; ++i) fan_outs.emplace_back(pool).start();
  std::binary_semaphore done{0};
  asio::co_spawn(pool, probe(microseconds), [&](const std::exception_ptr&) {
    stop.store(true, std::memory_order_relaxed);
    done.release();
  });
  done.acquire();
  pool.join();
  return mixed::report(microseconds);
}
