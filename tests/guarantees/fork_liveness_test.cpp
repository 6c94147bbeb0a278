// SPDX-License-Identifier: MIT
// S2, S3, S59: a forked child runs once, whoever begins it, leaves nothing behind, and does not
// wait for a worker that computes.
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include <jackdaw/lane.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/sync/event.hpp>

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

jd::task<> waits(jd::event& before, jd::event* first_sets, int& runs) {
  ++runs;
  if (first_sets != nullptr) first_sets->set();
  co_await before.wait();
}

jd::task<> sets(jd::event& e, int& runs) {
  ++runs;
  e.set();
  co_return;
}

jd::task<> three_of_which_two_park(int (&runs)[3]) {
  jd::event one;
  jd::event two;
  co_await jd::gather(waits(one, nullptr, runs[0]), waits(two, &one, runs[1]), sets(two, runs[2]));
}

jd::task<> below_a_fork(int (&runs)[3], std::atomic<int>& done) {
  co_await jd::gather(three_of_which_two_park(runs), count(done));
}

jd::task<> runs_at_once(int& runs) {
  ++runs;
  co_return;
}

// Two of them, and so many that begin after those.
jd::task<> many_of_which_the_first_parks(int others) {
  jd::event first;
  std::vector<int> runs(static_cast<std::size_t>(others) + 2);
  std::vector<jd::task<>> tasks;
  tasks.push_back(waits(first, nullptr, runs[0]));
  tasks.push_back(sets(first, runs[1]));
  for (std::size_t i = 2; i != runs.size(); ++i) tasks.push_back(runs_at_once(runs[i]));
  co_await jd::gather(std::move(tasks));
  for (const int r : runs) EXPECT_EQ(r, 1);
}

}  // namespace

// The first child parks; the worker begins a strand with the second one, which wakes the first.
// When its turn is over, that strand pauses, and the first child ends in front of its offer. From
// there on it is not wanted (a sanitizer sees if it stays behind), also if the other one pauses
// too.
TEST(guarantees, S2_a_strand_that_has_paused_and_is_not_wanted_any_more_is_gone) {
  constexpr int turn = jd::lane::operations_per_turn;
  for (const int others : {turn / 2, turn + turn / 2, 2 * turn + turn / 2, 5 * turn}) {
    SCOPED_TRACE(others);
    support::run_with<1>([&] { return many_of_which_the_first_parks(others); });
  }
}

// The first child parks; the worker begins the second one, which offers the third, wakes the first
// and parks; the first one ends, on the lane of that offer, and begins whoever is next. The forks
// above keep the deque's show and the place behind it, so that this is the usual way through it.
TEST(guarantees, S3_a_child_that_was_begun_while_its_elder_was_parked_is_not_begun_again) {
  support::run_with<1>([]() -> jd::task<> {
    int runs[3] = {};
    std::atomic<int> done{0};
    co_await jd::gather(below_a_fork(runs, done), count(done));
    for (const int r : runs) EXPECT_EQ(r, 1);
    EXPECT_EQ(done.load(), 2);
  });
}

TEST(guarantees, S59_every_fork_of_a_worker_that_computes_is_run_by_another) {
  support::run_with<2>([]() -> jd::task<> {
    std::atomic<int> done{0};
    co_await fork_then_compute(20, done, 20);
    EXPECT_EQ(done.load(), 20);
  });
}
