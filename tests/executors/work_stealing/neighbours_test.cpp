// SPDX-License-Identifier: MIT
// Tests of pool_core with several groups of caches, on threads that only seem to run on certain
// CPUs: who steals from whom.
#include "work_stealing/pool_core.hpp"

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

using jackdaw::work;
using jackdaw::work_stealing::cache_groups;
using jackdaw::work_stealing::pool_core;

std::atomic<int> threads_seen{0};

/// Each worker stays where it was first asked.
int cpu_of_this_thread() {
  thread_local const int cpu = threads_seen.fetch_add(1);
  return cpu;
}

class pool final : public jackdaw::any_executor {
 public:
  pool(std::size_t workers, cache_groups groups)
      : core(*this, workers, nullptr, nullptr, nullptr, std::move(groups)) {}
  void submit(work& w) noexcept override { core.submit(w); }
  void submit_soon(work& w) noexcept override { core.submit_soon(w); }
  void submit_next_turn(work& w) noexcept override { core.submit_next_turn(w); }

  pool_core core;
};

struct job final : work {
  explicit job(std::function<void()> f)
      : work([](work& w) noexcept { static_cast<job&>(w).body(); }), body(std::move(f)) {}
  const std::function<void()> body;
};

class Neighbours : public ::testing::Test {
 protected:
  Neighbours() { threads_seen = 0; }
};

// Workers on CPUs 0 and 2 have work and are stuck. The one on CPU 1 helps its neighbour first, then
// the other one, whose cache it does not share.
TEST_F(Neighbours, AreHelpedBeforeOthers) {
  pool three(3, {{0, 0, 1}, {0, 1}, cpu_of_this_thread});
  for (int round = 0; round != 100; ++round) {
    std::latch all_run{3}, published{2}, helped{2}, over{3};
    std::mutex mutex;
    std::vector<int> order;
    const auto help = [&](int cpu) {
      {
        const std::lock_guard lock(mutex);
        order.push_back(cpu);
      }
      helped.count_down();
    };
    job of_zero([&] { help(0); }), of_two([&] { help(2); });
    const std::function<void()> work_on_each = [&] {
      all_run.arrive_and_wait();
      if (const int cpu = cpu_of_this_thread(); cpu == 1) {
        published.wait();
      } else {
        three.submit(cpu == 0 ? of_zero : of_two);
        published.count_down();
        helped.wait();
      }
      over.count_down();
    };
    job jobs[3] = {job(work_on_each), job(work_on_each), job(work_on_each)};
    for (job& j : jobs) three.submit(j);
    over.wait();
    ASSERT_EQ(order, (std::vector<int>{0, 2})) << "round " << round;
  }
}

// The stuck worker has forks, of which the second has to be raided, and nobody shares its cache.
TEST_F(Neighbours, AreNotNeededToHelp) {
  pool two(2, {{0, 1}, {0, 1}, cpu_of_this_thread});
  for (int round = 0; round != 100; ++round) {
    std::latch helped{2}, over{1};
    job first([&] { helped.count_down(); }), second([&] { helped.count_down(); });
    job forking([&] {
      jackdaw::lane& here = *jackdaw::base::this_lane();
      for (job* j : {&first, &second}) {
        if (here.forks.push(*j) == jackdaw::base::fork_deque::pushed::shown) here.on_fork(here);
      }
      helped.wait();
      over.count_down();
    });
    two.submit(forking);
    over.wait();
  }
}

// All work is done, once, though each worker seems to be elsewhere at each look.
TEST_F(Neighbours, MayMoveAllTheTime) {
  constexpr int count = 10'000;
  pool four(4, {{0, 1, 2, 3}, {0, 0, 1, 1}, [] { return threads_seen.fetch_add(1) % 4; }});
  std::latch done{count + 1};
  std::vector<std::unique_ptr<job>> jobs;
  for (int i = 0; i != count; ++i)
    jobs.push_back(std::make_unique<job>([&] { done.count_down(); }));
  job parent([&] {
    for (auto& j : jobs) four.submit(*j);
    done.count_down();
  });
  four.submit(parent);
  done.wait();
  std::uint64_t polls = 0;
  for (const auto& w : four.core.workers) polls += w->polls.load();
  EXPECT_EQ(polls, count + 1U);
}

}  // namespace
