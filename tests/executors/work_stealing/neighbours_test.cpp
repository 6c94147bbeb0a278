// SPDX-License-Identifier: MIT
// Tests of pool_core with several groups of caches, on threads that only seem to run on certain
// CPUs: who steals from whom.
#include "work_stealing/pool_core.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <latch>
#include <semaphore>
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
  using role = std::function<void(pool&)>;

  /// Runs a function on each worker, all at the same time: the first one on CPU 0 and so on.
  static void play(cache_groups groups, const std::vector<role>& roles) {
    threads_seen = 0;
    const auto count = static_cast<std::ptrdiff_t>(roles.size());
    std::latch all_play{count}, over{count};
    std::deque<job> jobs;
    pool workers(roles.size(), std::move(groups));
    for (std::size_t i = 0; i != roles.size(); ++i) {
      jobs.emplace_back([&] {
        all_play.arrive_and_wait();
        roles[static_cast<std::size_t>(cpu_of_this_thread())](workers);
        over.count_down();
      });
      workers.submit(jobs.back());
    }
    over.wait();
  }
  /// The first two share a cache.
  static cache_groups two_and_one() { return {{0, 0, 1}, {0, 1}, cpu_of_this_thread}; }
};

// Workers on CPUs 0 and 2 have work and are stuck. The one on CPU 1 helps its neighbour first, then
// the other one, whose cache it does not share.
TEST_F(Neighbours, AreHelpedBeforeOthers) {
  for (int round = 0; round != 100; ++round) {
    std::latch published{2}, helped{2};
    std::vector<int> order;  // one thread writes it
    job of_zero([&] {
      order.push_back(0);
      helped.count_down();
    });
    job of_two([&] {
      order.push_back(2);
      helped.count_down();
    });
    const auto stuck_with = [&](job& j) {
      return [&](pool& workers) {
        workers.submit(j);
        published.count_down();
        helped.wait();
      };
    };
    play(two_and_one(),
         {stuck_with(of_zero), [&](pool&) { published.wait(); }, stuck_with(of_two)});
    ASSERT_EQ(order, (std::vector<int>{0, 2})) << "round " << round;
  }
}

// The same, but the neighbour has something to do whenever its helper comes.
TEST_F(Neighbours, AreNotHelpedForEver) {
  constexpr int enough = 10'000;
  std::latch published{2}, other_helped{1};
  std::counting_semaphore<> taken{0}, replaced{0}, ended{0};
  job of_two([&] {
    other_helped.count_down();
    taken.release();
  });
  std::deque<job> of_zero;
  const role always_busy = [&](pool& workers) {
    const auto submit_another = [&] {
      workers.submit(of_zero.emplace_back([&] {
        taken.release();
        replaced.acquire();
        ended.release();
      }));
    };
    submit_another();
    published.count_down();
    for (taken.acquire(); !other_helped.try_wait() && of_zero.size() != enough; taken.acquire()) {
      submit_another();
      replaced.release();
    }
    EXPECT_TRUE(other_helped.try_wait());
    replaced.release();
    for (std::size_t i = 0; i != of_zero.size(); ++i) ended.acquire();
  };
  play(two_and_one(), {always_busy, [&](pool&) { published.wait(); },
                       [&](pool& workers) {
                         workers.submit(of_two);
                         published.count_down();
                         other_helped.wait();
                       }});
}

// The stuck worker has forks, of which the second has to be raided, and nobody shares its cache.
TEST_F(Neighbours, AreNotNeededToHelp) {
  for (int round = 0; round != 100; ++round) {
    std::latch helped{2};
    job first([&] { helped.count_down(); }), second([&] { helped.count_down(); });
    const role forks = [&](pool&) {
      jackdaw::lane& here = *jackdaw::base::this_lane();
      for (job* j : {&first, &second}) {
        if (here.forks.push(*j) == jackdaw::base::fork_deque::pushed::shown) here.on_fork(here);
      }
      helped.wait();
    };
    play({{0, 1}, {0, 1}, cpu_of_this_thread}, {forks, [](pool&) {}});
  }
}

// All work is done, once, though each worker seems to be elsewhere at each look.
TEST_F(Neighbours, MayMoveAllTheTime) {
  constexpr int count = 10'000;
  std::latch done{count + 1};
  std::deque<job> jobs;
  for (int i = 0; i != count; ++i) jobs.emplace_back([&] { done.count_down(); });
  pool four(4, {{0, 1, 2, 3}, {0, 0, 1, 1}, [] { return threads_seen.fetch_add(1) % 4; }});
  job parent([&] {
    for (job& j : jobs) four.submit(j);
    done.count_down();
  });
  four.submit(parent);
  done.wait();
  std::uint64_t polls = 0;
  for (const auto& w : four.core.workers) polls += w->polls.load();
  EXPECT_EQ(polls, count + 1U);
}

}  // namespace
