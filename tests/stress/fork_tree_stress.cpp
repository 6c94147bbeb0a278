// SPDX-License-Identifier: MIT
// Trees of forks in which a random leaf throws, or that are cancelled from outside at a random
// time: the error arrives as it is, every other task unwinds at its first checkpoint, and nothing
// is left behind.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include <gtest/gtest.h>

#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/yield.hpp>

#include "support/build.hpp"
#include "support/errors.hpp"
#include "support/random.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using support::tracked;

struct tree_plan {
  std::uint32_t failing_leaf;  // of 4^levels; none beyond
  bool leaves_yield;
};

// A leaf's number is its path.
jd::task<std::uint64_t> tree(const tree_plan& plan, int levels, std::uint32_t path, tracked mark) {
  if (levels == 0) {
    if (plan.leaves_yield) co_await jd::yield();
    if (path == plan.failing_leaf) throw support::failure{static_cast<int>(path)};
    co_return 1;
  }
  const std::uint32_t first = path * 4;
  const auto [a, b, c, d] = co_await jd::gather(
      tree(plan, levels - 1, first, mark), tree(plan, levels - 1, first + 1, mark),
      tree(plan, levels - 1, first + 2, mark), tree(plan, levels - 1, first + 3, mark));
  co_return a + b + c + d;
}

constexpr int levels = 5;
constexpr std::uint32_t leaves = 1024;

template <std::size_t Workers>
void fail_at_random_leaves() {
  const std::uint64_t seed = support::test_seed();
  SCOPED_TRACE("JACKDAW_TEST_SEED=" + std::to_string(seed));
  support::run_with<Workers>([seed]() -> jd::task<> {
    support::random dice(seed);
    for (std::size_t i = 0; i < support::scaled(300, 10); ++i) {
      const tree_plan plan{dice.below(2 * leaves), dice.below(2) == 0};
      tracked::counter alive{0};
      const auto how = co_await jd::settle(tree(plan, levels, 0, tracked(alive)));
      EXPECT_EQ(alive.load(), 0);
      EXPECT_EQ(how.has_value(), plan.failing_leaf >= leaves);
      if (how.has_value()) {
        EXPECT_EQ(how.value(), leaves);
      } else {
        EXPECT_THROW(std::rethrow_exception(how.error()), support::failure);
      }
    }
  });
}

template <std::size_t Workers>
void cancel_at_random_times() {
  const std::uint64_t seed = support::test_seed();
  SCOPED_TRACE("JACKDAW_TEST_SEED=" + std::to_string(seed));
  support::random dice(seed);
  jd::runtime& rt = support::shared_runtime<Workers>();
  for (std::size_t i = 0; i < support::scaled(300, 10); ++i) {
    const tree_plan plan{leaves, dice.below(2) == 0};
    tracked::counter alive{0};
    auto running = rt.submit(tree(plan, levels, 0, tracked(alive)));
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::microseconds(dice.below(300));
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    running.cancel();
    ASSERT_TRUE(running.wait_for(support::hanging));
    try {
      EXPECT_EQ(running.get(), leaves);
    } catch (const jd::cancelled&) {
    }
    EXPECT_EQ(alive.load(), 0);
  }
}

TEST(stress, S14_a_leaf_that_throws_ends_its_tree_of_forks_on_one_worker) {
  fail_at_random_leaves<1>();
}
TEST(stress, S14_a_leaf_that_throws_ends_its_tree_of_forks_on_two_workers) {
  fail_at_random_leaves<2>();
}
TEST(stress, S14_a_leaf_that_throws_ends_its_tree_of_forks_on_four_workers) {
  fail_at_random_leaves<4>();
}
TEST(stress, S2_a_tree_of_forks_cancelled_from_outside_leaves_nothing_behind_on_one_worker) {
  cancel_at_random_times<1>();
}
TEST(stress, S2_a_tree_of_forks_cancelled_from_outside_leaves_nothing_behind_on_two_workers) {
  cancel_at_random_times<2>();
}
TEST(stress, S2_a_tree_of_forks_cancelled_from_outside_leaves_nothing_behind_on_four_workers) {
  cancel_at_random_times<4>();
}

}  // namespace
