// SPDX-License-Identifier: MIT
// S58: a program can be repeated, and looked at.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <jackdaw/diagnostics/task_tree.hpp>
#include <jackdaw/executors/simulation.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/sync/channel.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/sync/semaphore.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

#include "support/run_test.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;

namespace {

/// What happened, in order.
using journal = std::vector<int>;

jd::task<> produce(jd::channel<int>& to, int first) {
  for (int i = 0; i != 5; ++i) {
    co_await jd::sleep_for(std::chrono::milliseconds(first + i));
    co_await to.send(first + i);
  }
}

jd::task<> consume(jd::channel<int>& from, jd::semaphore& room, journal& seen) {
  for (int i = 0; i != 5; ++i) {
    const auto permit = co_await room.acquire();
    seen.push_back((co_await from.receive()).value());
  }
}

/// Tasks that meet at channels, semaphores, timers and forks.
jd::task<journal> program() {
  journal seen;
  jd::channel<int> ch(1);
  jd::semaphore room(1);
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i != 3; ++i) {
      group.spawn(produce, std::ref(ch), 10 * i);
      group.spawn(consume, std::ref(ch), std::ref(room), std::ref(seen));
    }
    co_await jd::move_on_after(7ms, jd::sleep_for(1s));
    seen.push_back(-1);
  });
  co_return seen;
}

TEST(simulation_guarantees, S58_the_same_seed_on_one_worker_gives_the_same_interleaving) {
  int different = 0;
  journal of_seed_0;
  for (std::uint64_t seed = 0; seed != 100; ++seed) {
    const auto run_it = [&] {
      jd::simulation sim({.seed = seed, .workers = 1});
      journal seen = sim.run(program());
      seen.push_back(static_cast<int>(sim.steps()));
      seen.push_back(static_cast<int>(sim.trace_hash() >> 33));
      return seen;
    };
    const journal first = run_it();
    EXPECT_EQ(run_it(), first) << "seed " << seed;
    if (seed == 0) of_seed_0 = first;
    different += first != of_seed_0 ? 1 : 0;
  }
  EXPECT_GT(different, 90);
}

/// A task may be looked at from where locks of its own would be in the way: inside of user code
/// that runs while others park, and in the destructors of what they own.
jd::task<> look_around(std::size_t& entries) {
  for (int i = 0; i != 20; ++i) {
    entries += jd::snapshot_tasks().size();
    co_await jd::yield();
  }
}

void expect_consistent(const std::vector<jd::task_tree_entry>& all) {
  for (std::size_t i = 0; i != all.size(); ++i) {
    if (all[i].kind == jd::task_tree_entry::what::root) {
      EXPECT_EQ(all[i].depth, 0U);
      continue;
    }
    ASSERT_NE(i, 0U);
    EXPECT_GE(all[i].depth, 1U);
    EXPECT_LE(all[i].depth, all[i - 1].depth + 1) << "an entry is below one that is there";
    EXPECT_NE(all[i].id, 0U);
  }
}

TEST(simulation_guarantees, S58_a_snapshot_shows_every_parked_task_in_its_place) {
  jd::simulation sim({.seed = 3});
  const auto waiting = [](jd::event& e) -> jd::task<> { co_await e.wait(); };
  const auto body = [&]() -> jd::task<> {
    jd::event done;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != 3; ++i)
        group.spawn(jd::spawn_options{.name = "w"}, waiting, std::ref(done));
      co_await jd::sleep_for(1s);  // by then all of them wait
      const auto all = jd::snapshot_tasks();
      expect_consistent(all);
      std::size_t parked = 0;
      for (const jd::task_tree_entry& e : all) parked += e.name == "w" && e.waiting_for == "event";
      EXPECT_EQ(parked, 3U);
      done.set();
    });
  };
  sim.run(body());
}

TEST(simulation_guarantees, S58_a_snapshot_is_consistent_while_tasks_run_and_look_as_well) {
  std::atomic<bool> stop{false};
  std::thread observer([&] {
    while (!stop) expect_consistent(jd::snapshot_tasks());
  });
  support::run_everywhere([]() -> jd::task<> {
    std::size_t entries = 0;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i != 4; ++i)
        group.spawn([]() -> jd::task<> {
          std::size_t mine = 0;
          co_await jd::gather(look_around(mine), jd::sleep_for(1ms));
          EXPECT_GT(mine, 0U);
        });
      co_await look_around(entries);
    });
    EXPECT_GT(entries, 0U);
  });
  stop = true;
  observer.join();
}

}  // namespace
