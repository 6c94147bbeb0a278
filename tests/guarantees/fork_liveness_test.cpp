// SPDX-License-Identifier: MIT
// S59: what a worker has forked does not wait for it while it computes.
#include <atomic>
#include <thread>

#include <jackdaw/structured/gather.hpp>

#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;

jd::task<> count(std::atomic<int>& done) {
  done.fetch_add(1);
  co_return;
}

// Keeps its worker until everything that was forked before has been run by others.
jd::task<> compute_until(const std::atomic<int>& done, int all) {
  while (done.load() != all) std::this_thread::yield();
  co_return;
}

// Leaves one offer per level behind, then computes.
jd::task<> fork_then_compute(int levels, std::atomic<int>& done, int all) {
  if (levels == 0) {
    co_await compute_until(done, all);
  } else {
    co_await jd::gather(fork_then_compute(levels - 1, done, all), count(done));
  }
}

}  // namespace

TEST(guarantees, S59_every_fork_of_a_worker_that_computes_is_run_by_another) {
  support::run_with<2>([]() -> jd::task<> {
    std::atomic<int> done{0};
    co_await fork_then_compute(20, done, 20);
    EXPECT_EQ(done.load(), 20);
  });
}
