// SPDX-License-Identifier: MIT
// S59: whatever a worker is busy with, the rest gets its turn.
#include <atomic>
#include <tuple>
#include <utility>
#include <vector>

#include <jackdaw/lane.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/time/sleep.hpp>

#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;
using namespace std::chrono_literals;

/// Forks without end on every worker, until it is told to stop.
jd::task<> fork_until(const std::atomic<bool>& stop, int depth) {
  if (depth == 0 || stop.load(std::memory_order_relaxed)) co_return;
  co_await jd::gather(fork_until(stop, depth - 1), fork_until(stop, depth - 1));
}

jd::task<> set(std::atomic<bool>& flag) {
  flag.store(true, std::memory_order_relaxed);
  co_return;
}

jd::task<> set_later(std::atomic<bool>& flag) {
  co_await jd::sleep_for(1ms);
  flag.store(true, std::memory_order_relaxed);
}

}  // namespace

TEST(guarantees, S59_a_timer_fires_while_the_only_worker_forks) {
  support::run_with<1>([]() -> jd::task<> {
    std::atomic<bool> stop{false};
    co_await jd::gather(set_later(stop), fork_until(stop, 62));
    EXPECT_TRUE(stop.load());
  });
}

TEST(guarantees, S59_work_from_outside_runs_while_the_only_worker_forks) {
  jd::runtime& rt = support::shared_runtime<1>();
  std::atomic<bool> stop{false};
  auto busy = rt.submit(fork_until(stop, 62));
  auto outside = rt.submit(set(stop));
  EXPECT_TRUE(outside.wait_for(support::hanging));
  EXPECT_TRUE(busy.wait_for(support::hanging));
}

// A hundred thousand children, one after the other if nothing else gets its turn: one of those that
// wait has it after each turn of them.
TEST(guarantees, S59_a_ready_task_runs_while_the_children_of_a_gather_begin) {
  constexpr int waiting = 8;
  support::run_with<1>([]() -> jd::task<> {
    int run = 0, begun = 0, begun_before = -1;
    const auto count = [&run]() -> jd::task<> {
      ++run;
      co_return;
    };
    const auto child = [&]() -> jd::task<> {
      if (begun_before < 0 && run == waiting) begun_before = begun;
      ++begun;
      co_return;
    };
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != waiting; ++i) group.spawn(count);
      std::vector<jd::task<>> children;
      for (int i = 0; i != 100'000; ++i) children.push_back(child());
      co_await jd::gather(std::move(children));
    });
    EXPECT_LE(begun_before, (waiting + 2) * jd::lane::operations_per_turn);
    EXPECT_GE(begun_before, 0);
  });
}

TEST(guarantees, S59_a_ready_task_runs_while_others_yield_all_the_time) {
  support::run_with<1>([]() -> jd::task<> {
    std::atomic<bool> stop{false};
    auto until_stopped = [](const std::atomic<bool>& flag) -> jd::task<> {
      while (!flag.load(std::memory_order_relaxed)) co_await jd::yield();
    };
    co_await jd::gather(until_stopped(stop), until_stopped(stop), set_later(stop));
    EXPECT_TRUE(stop.load());
  });
}
