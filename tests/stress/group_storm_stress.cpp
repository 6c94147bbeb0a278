// SPDX-License-Identifier: MIT
// Trees of groups, gathers, timeouts and failures at random; every frame must be gone at the end.
#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/race.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/time/sleep.hpp>
#include "support/build.hpp"
#include "support/errors.hpp"
#include "support/random.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using support::tracked;

jd::task<> grow(std::uint64_t seed, int levels, tracked mark);

jd::task<> grow_in_group(support::random& dice, int levels, const tracked& mark) {
  const std::uint32_t children = 1 + dice.below(4);
  const std::uint32_t cancel_at = dice.below(12);
  auto body = [&](jd::task_group& group) -> jd::task<> {
    std::vector<jd::join_handle<void>> handles;
    for (std::uint32_t i = 0; i < children; ++i) {
      handles.push_back(group.spawn(grow, std::uint64_t{dice.below(1U << 30)}, levels - 1, mark));
      if (i == cancel_at) group.cancel();
      if (i + 5 == cancel_at) handles[dice.below(i + 1)].cancel();
    }
    if (dice.below(3) == 0) co_await std::move(handles[0]);
  };
  co_await jd::with_task_group(body);
}

jd::task<> grow_in_gather(support::random& dice, int levels, const tracked& mark) {
  std::vector<jd::task<>> tasks;
  const std::uint32_t children = 1 + dice.below(4);
  for (std::uint32_t i = 0; i < children; ++i)
    tasks.push_back(grow(dice.below(1U << 30), levels - 1, mark));
  co_await jd::gather(std::move(tasks));
}

// One node of a random tree; the seed decides what it is.
jd::task<> grow(std::uint64_t seed, int levels, tracked mark) {
  support::random dice(seed);
  if (levels == 0) {
    const std::uint32_t leaf = dice.below(10);
    if (leaf == 0) throw support::failure{1};
    if (leaf < 4) co_await jd::yield();
    if (leaf == 4) co_await jd::sleep_for(std::chrono::microseconds(dice.below(200)));
    co_return;
  }
  switch (dice.below(7)) {
    case 0: co_await jd::shield(grow(dice.below(1U << 30), levels - 1, mark)); break;
    case 1: {
      const std::chrono::microseconds limit(dice.below(300));
      co_await jd::move_on_after(limit, grow(dice.below(1U << 30), levels - 1, mark));
      break;
    }
    case 2: {
      const auto how = co_await jd::settle(grow_in_gather(dice, levels, mark));
      (void)how;
      break;
    }
    case 3: co_await grow_in_gather(dice, levels, mark); break;
    case 4:
      co_await jd::race(grow(dice.below(1U << 30), levels - 1, mark),
                        grow(dice.below(1U << 30), levels - 1, mark));
      break;
    default: co_await grow_in_group(dice, levels, mark);
  }
}

template <std::size_t Workers>
void grow_trees() {
  const std::uint64_t seed = support::test_seed();
  SCOPED_TRACE("JACKDAW_TEST_SEED=" + std::to_string(seed));
  jd::runtime rt(jd::runtime_options{.workers = Workers});
  rt.on_unhandled([](const jd::unhandled_error&) {});
  support::run_in(rt, [seed]() -> jd::task<> {
    support::random dice(seed);
    for (std::size_t i = 0; i < support::scaled(3000, 10); ++i) {
      tracked::counter alive{0};
      const auto how = co_await jd::settle(grow(dice.below(1U << 30), 5, tracked(alive)));
      EXPECT_FALSE(how.cancelled()) << "nobody cancels from outside";
      EXPECT_EQ(alive.load(), 0);
    }
  });
}

TEST(stress, S2_random_trees_of_groups_leave_nothing_behind_on_one_worker) { grow_trees<1>(); }
TEST(stress, S2_random_trees_of_groups_leave_nothing_behind_on_two_workers) { grow_trees<2>(); }
TEST(stress, S2_random_trees_of_groups_leave_nothing_behind_on_four_workers) { grow_trees<4>(); }

jd::task<std::uint64_t> fib(unsigned n) {
  std::uint64_t sum = n;
  if (n >= 2) {
    const auto [a, b] = co_await jd::gather(fib(n - 1), fib(n - 2));
    sum = a + b;
  }
  co_return sum;
}

TEST(stress, S14_fork_join_under_cancels_at_random_leaves_nothing_behind) {
  const std::uint64_t seed = support::test_seed();
  SCOPED_TRACE("JACKDAW_TEST_SEED=" + std::to_string(seed));
  support::run_with<4>([seed]() -> jd::task<> {
    support::random dice(seed);
    for (std::size_t i = 0; i < support::scaled(500, 10); ++i) {
      const std::chrono::microseconds limit(dice.below(400));
      const auto got = co_await jd::move_on_after(limit, fib(15));
      if (got.has_value()) {
        EXPECT_EQ(*got, 610U);
      }
    }
  });
}

}  // namespace
