// SPDX-License-Identifier: MIT
// The simulation: order by seed, virtual time, what it finds and how it says so.
#include <jackdaw/executors/simulation.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <jackdaw/executors/strand.hpp>
#include <jackdaw/offload/offload.hpp>
#include <jackdaw/offload/to_thread.hpp>
#include <jackdaw/run_on.hpp>
#include <jackdaw/structured/background_tasks.hpp>
#include <jackdaw/structured/exception_group.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

#include "support/gate.hpp"
#include "support/tracked.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;

namespace {

/// The order in which tasks passed by.
using journal = std::vector<int>;

jd::task<> pass_by(int who, journal& seen) {
  for (int i = 0; i != 3; ++i) {
    seen.push_back(who);
    co_await jd::yield();
  }
}

jd::task<> crowd(journal& seen) {
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    for (int who = 0; who != 4; ++who) group.spawn(pass_by, who, std::ref(seen));
    co_return;
  });
}

struct recording {
  journal seen;
  std::uint64_t trace;
  std::uint64_t steps;
  bool operator==(const recording&) const = default;
};

recording record(jd::simulation_options options) {
  recording r{};
  jd::simulation sim(options);
  sim.run(crowd(r.seen));
  r.trace = sim.trace_hash();
  r.steps = sim.steps();
  return r;
}

TEST(simulation, runs_a_task_to_its_value_and_to_its_error) {
  jd::simulation sim;
  const auto answer = []() -> jd::task<int> {
    co_await jd::yield();
    co_return 42;
  };
  EXPECT_EQ(sim.run(answer()), 42);
  const auto failing = []() -> jd::task<int> {
    co_await jd::yield();
    throw std::out_of_range("no answer");
  };
  EXPECT_THROW(sim.run(failing()), std::out_of_range);
}

TEST(simulation, takes_the_same_steps_for_the_same_seed) {
  for (const auto order : {jd::simulation_order::random, jd::simulation_order::priorities}) {
    for (std::uint64_t seed = 0; seed != 50; ++seed) {
      const jd::simulation_options options{.seed = seed, .order = order};
      EXPECT_EQ(record(options), record(options)) << "seed " << seed;
    }
  }
}

TEST(simulation, takes_other_steps_for_other_seeds) {
  for (const auto order : {jd::simulation_order::random, jd::simulation_order::priorities}) {
    std::set<journal> orders;
    for (std::uint64_t seed = 0; seed != 200; ++seed) {
      orders.insert(record({.seed = seed, .order = order, .expected_steps = 30}).seen);
    }
    EXPECT_GT(orders.size(), 20U);
  }
}

TEST(simulation, time_stands_still_while_anything_runs_and_jumps_to_the_next_timer) {
  jd::simulation sim;
  const auto body = []() -> jd::task<> {
    const auto begin = jd::clock::now();
    for (int i = 0; i != 100; ++i) co_await jd::yield();
    EXPECT_EQ(jd::clock::now(), begin);
    co_await jd::sleep_for(24h);
    EXPECT_EQ(jd::clock::now() - begin, 24h);
  };
  const auto real = std::chrono::steady_clock::now();
  sim.run(body());
  EXPECT_LT(std::chrono::steady_clock::now() - real, 1h);
}

TEST(simulation, timers_fire_in_order_and_a_timeout_at_its_time) {
  jd::simulation sim;
  journal seen;
  const auto sleeper = [](int who, journal& order) -> jd::task<> {
    co_await jd::sleep_for(std::chrono::seconds(who));
    order.push_back(who);
  };
  const auto body = [&]() -> jd::task<> {
    const auto begin = jd::clock::now();
    co_await jd::gather(sleeper(3, seen), sleeper(1, seen), sleeper(2, seen));
    EXPECT_EQ(jd::clock::now() - begin, 3s);
    bool done = co_await jd::move_on_after(5s, jd::sleep_for(6s));
    EXPECT_FALSE(done);
    EXPECT_EQ(jd::clock::now() - begin, 8s);
  };
  sim.run(body());
  EXPECT_EQ(seen, (journal{1, 2, 3}));
}

TEST(simulation, the_clock_of_other_threads_and_of_other_times_is_real) {
  const auto before = std::chrono::steady_clock::now().time_since_epoch();
  jd::simulation sim;
  sim.run([]() -> jd::task<> { co_await jd::sleep_for(100h); }());
  const auto now = jd::clock::now().time_since_epoch();
  EXPECT_GE(now, before);
  EXPECT_LT(now - before, 50h);
}

jd::task<int> leaf(int n) {
  if (n % 3 == 0) co_await jd::yield();
  co_return n;
}

jd::task<int> tree(int depth) {
  if (depth == 0) {
    int n = co_await leaf(1);
    co_return n;
  }
  auto [a, b, c] = co_await jd::gather(tree(depth - 1), leaf(3), tree(depth - 1));
  co_return a + b + c;
}

TEST(simulation, forks_give_the_same_result_whoever_steals_them) {
  for (std::uint64_t seed = 0; seed != 200; ++seed) {
    jd::simulation sim({.seed = seed, .workers = 1 + seed % 4});
    EXPECT_EQ(sim.run(tree(5)), 32 + 3 * 31) << "seed " << seed;
  }
}

TEST(simulation, functions_of_to_thread_and_offload_run_and_take_virtual_time) {
  jd::simulation sim({.thread_delay_max = 10ms});
  const auto body = []() -> jd::task<> {
    const auto begin = jd::clock::now();
    int sum = 0;
    for (int i = 0; i != 10; ++i) {
      sum += co_await jd::to_thread([](int n) { return n; }, i);
      sum += co_await jd::offload([](int n) { return n; }, i);
    }
    EXPECT_EQ(sum, 90);
    EXPECT_GT(jd::clock::now() - begin, 0ms);
    EXPECT_LE(jd::clock::now() - begin, 400ms);
  };
  sim.run(body());
}

TEST(simulation, a_function_of_to_thread_may_run_a_task_and_wait_for_it) {
  for (std::uint64_t seed = 0; seed != 50; ++seed) {
    jd::simulation sim({.seed = seed});
    const auto asked = []() -> jd::task<int> {
      co_await jd::sleep_for(1s);
      co_return 7;
    };
    const auto body = [&]() -> jd::task<int> {
      int n = co_await jd::to_thread([&] { return jd::from_thread::run(asked()); });
      co_return n;
    };
    EXPECT_EQ(sim.run(body()), 7);
  }
}

/// A flag with a lost wake-up: between its look at the flag and its wait it lets others run.
struct careless_flag {
  bool set = false;
  support::gate waiters;

  jd::task<> wait() {
    if (set) co_return;
    co_await jd::yield();
    co_await waiters.pass();
  }
  jd::task<> raise() {
    set = true;
    if (waiters.waiting() != 0) waiters.admit_one();
    co_return;
  }
};

jd::task<> use_carelessly() {
  careless_flag flag;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(jd::spawn_options{.name = "waiting"}, &careless_flag::wait, std::ref(flag));
    group.spawn(&careless_flag::raise, std::ref(flag));
    co_return;
  });
}

std::string hang_of(jd::simulation_options options) {
  jd::simulation sim(options);
  try {
    sim.run(use_carelessly());
    return "";
  } catch (const jd::simulation_hang& hang) {
    return hang.what();
  }
}

TEST(simulation, finds_a_lost_wake_up_and_replays_it_from_its_seed) {
  for (const auto order : {jd::simulation_order::random, jd::simulation_order::priorities}) {
    std::uint64_t seed = 0;
    const auto options = [&] {
      return jd::simulation_options{.seed = seed, .order = order, .expected_steps = 10};
    };
    while (seed != 200 && hang_of(options()).empty()) ++seed;
    ASSERT_NE(seed, 200U);
    const std::string report = hang_of(options());
    EXPECT_NE(report.find("deadlock"), std::string::npos) << report;
    EXPECT_NE(report.find("seed " + std::to_string(seed)), std::string::npos) << report;
    EXPECT_NE(report.find("waiting waits for gate"), std::string::npos) << report;
    for (int i = 0; i != 5; ++i) EXPECT_FALSE(hang_of(options()).empty());
  }
}

/// Reads a number, lets others run, and writes it back: an increment that can be lost.
jd::task<> increment_carelessly(int& n) {
  const int before = n;
  co_await jd::yield();
  n = before + 1;
}

TEST(simulation, finds_a_race_of_tasks) {
  int lost = 0;
  int kept = 0;
  for (std::uint64_t seed = 0; seed != 200; ++seed) {
    jd::simulation sim({.seed = seed});
    int n = 0;
    sim.run([](int& counter) -> jd::task<> {
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        group.spawn(increment_carelessly, std::ref(counter));
        group.spawn(increment_carelessly, std::ref(counter));
        co_return;
      });
    }(n));
    ++(n == 2 ? kept : lost);
  }
  EXPECT_GT(lost, 0);
  EXPECT_GT(kept, 0);
}

TEST(simulation, a_deadlock_passes_shields_and_everything_is_cleaned_up) {
  jd::simulation sim;
  support::tracked::counter alive{0};
  const auto body = [](support::tracked) -> jd::task<> {
    jd::event never;
    co_await jd::shield(never.wait());
  };
  EXPECT_THROW(sim.run(body(support::tracked(alive))), jd::simulation_hang);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(sim.run(leaf(5)), 5) << "and it can be used again";
}

TEST(simulation, says_that_a_program_spins) {
  jd::simulation sim({.steps_at_once_max = 1000});
  const auto body = []() -> jd::task<> {
    for (;;) co_await jd::yield();
  };
  try {
    sim.run(body());
    FAIL() << "it came back";
  } catch (const jd::simulation_hang& hang) {
    EXPECT_NE(std::string(hang.what()).find("spins"), std::string::npos) << hang.what();
  }
}

TEST(simulation, an_error_that_nobody_receives_comes_out_of_run) {
  jd::simulation sim;
  const auto failing = []() -> jd::task<> {
    co_await jd::sleep_for(1ms);
    throw std::out_of_range("in the background");
  };
  const auto body = [&]() -> jd::task<> {
    jd::background_tasks tasks;
    tasks.spawn(failing);
    co_await jd::sleep_for(1s);
    co_await tasks.shutdown(jd::timeout{1s});
  };
  EXPECT_THROW(sim.run(body()), std::out_of_range);
  int heard = 0;
  sim.on_unhandled([&](const jd::unhandled_error&) { ++heard; });
  sim.run(body());
  EXPECT_EQ(heard, 1);
}

TEST(simulation, ends_the_background_tasks_that_a_task_leaves_behind) {
  jd::simulation sim;
  support::tracked::counter alive{0};
  const auto endless = [](support::tracked) -> jd::task<> {
    for (;;) co_await jd::sleep_for(1s);
  };
  const auto body = [&]() -> jd::task<> {
    jd::background_tasks tasks;
    tasks.spawn(endless, support::tracked(alive));
    co_await jd::sleep_for(10s);
  };
  int reported = 0;
  sim.on_unhandled([&](const jd::unhandled_error&) { ++reported; });
  sim.run(body());
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(reported, 1) << "that they were left behind";
}

TEST(simulation, is_interrupted_before_the_step_that_was_asked_for) {
  jd::simulation sim;
  std::vector<std::uint64_t> at;
  for (const std::uint64_t step : {0U, 3U, 5U}) {
    sim.at_step(step, [&] { at.push_back(sim.steps()); });
  }
  journal seen;
  sim.run(crowd(seen));
  EXPECT_EQ(at, (std::vector<std::uint64_t>{0, 3, 5}));
}

TEST(simulation, refuses_to_be_run_inside_of_a_task) {
  jd::simulation sim;
  const auto body = []() -> jd::task<> {
    jd::simulation inner;
    EXPECT_THROW(inner.run(leaf(1)), jd::nested_run_error);
    co_return;
  };
  sim.run(body());
}

TEST(simulation, runs_other_executors_on_top_of_it) {
  jd::simulation sim;
  jd::strand below(sim);
  const auto body = [&]() -> jd::task<int> {
    int n = co_await jd::run_on(below, leaf(3));
    co_return n;
  };
  EXPECT_EQ(sim.run(body()), 3);
}

}  // namespace
