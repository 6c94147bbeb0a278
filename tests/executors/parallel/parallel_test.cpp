// SPDX-License-Identifier: MIT
// Tests of parallel_for, parallel_reduce and parallel_sort: oneTBB's algorithms, awaited.
#include <algorithm>
#include <atomic>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <oneapi/tbb/parallel_for.h>
#include <jackdaw/executors/tbb_executor.hpp>
#include <jackdaw/parallel/parallel_for.hpp>
#include <jackdaw/parallel/parallel_reduce.hpp>
#include <jackdaw/parallel/parallel_sort.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/yield.hpp>

namespace {

namespace jd = jackdaw;

/// A runtime whose bursts may use two threads.
class Parallel : public testing::Test {
 protected:
  Parallel() { rt_.environment().bursts = &bursts_; }

  static jd::tbb_executor_options two_threads() {
    jd::tbb_executor_options options;
    options.bursts = 2;
    return options;
  }

  jd::runtime rt_{jd::runtime_options{.workers = 2}};
  jd::tbb_executor bursts_{two_threads()};
};

std::vector<int> shuffled(int n) {
  std::vector<int> all(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) all[static_cast<std::size_t>(i)] = static_cast<int>((i * 7919LL) % n);
  return all;
}

TEST_F(Parallel, ForVisitsEveryIndexOnce) {
  const auto body = []() -> jd::task<> {
    std::vector<std::atomic<int>> visits(10'000);
    const auto visit = [&](std::size_t i) { ++visits[i]; };
    co_await jd::parallel_for(std::size_t{0}, visits.size(), visit);
    co_await jd::parallel_for(visits.begin(), visits.end(), [](auto it) { ++*it; }, {.grain = 7});
    co_await jd::parallel_for(5, 5, [](int) { ADD_FAILURE() << "an empty range"; });
    co_await jd::parallel_for(5, 4, [](int) { ADD_FAILURE() << "a range that ends first"; });
    EXPECT_TRUE(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n == 2; }));
  };
  rt_.run(body());
}

TEST_F(Parallel, ReduceFoldsInOrder) {
  const auto body = []() -> jd::task<> {
    const auto text = [](int i) { return std::string(1, static_cast<char>('a' + i)); };
    EXPECT_EQ(co_await jd::parallel_reduce(0, 26, std::string(), std::plus<>(), text, {.grain = 2}),
              "abcdefghijklmnopqrstuvwxyz");
    EXPECT_EQ(co_await jd::parallel_reduce(0, 0, 1L, std::multiplies<>(), [](int i) { return i; }),
              1L);
    const auto square = [](long i) { return i * i; };
    EXPECT_EQ(co_await jd::parallel_reduce(1L, 1001L, 0L, std::plus<>(), square), 333'833'500L);
  };
  rt_.run(body());
}

TEST_F(Parallel, SortSorts) {
  const auto body = []() -> jd::task<> {
    std::vector<int> all = shuffled(100'003);
    co_await jd::parallel_sort(all.begin(), all.end());
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
    co_await jd::parallel_sort(all.begin(), all.end(), std::greater<>());
    EXPECT_TRUE(std::is_sorted(all.rbegin(), all.rend()));
  };
  rt_.run(body());
}

TEST_F(Parallel, AnErrorOfABodyArrivesAsItself) {
  const auto body = []() -> jd::task<> {
    bool thrown = false;
    try {
      co_await jd::parallel_for(0, 1000, [](int i) {
        if (i == 500) throw std::out_of_range("five hundred");
      });
    } catch (const std::out_of_range& e) {
      thrown = e.what() == std::string("five hundred");
    }
    EXPECT_TRUE(thrown);
  };
  rt_.run(body());
}

TEST_F(Parallel, ACancelOfTheScopeEndsTheAlgorithmWithinOneGrain) {
  constexpr int grain = 10;
  constexpr int all_steps = 100'000;
  std::atomic<bool> entered{false};
  std::atomic<bool> open{false};
  std::atomic<int> steps{0};
  bool went_on = false;
  const auto body = [&]() -> jd::task<> {
    const auto step = [&](int) {
      entered = true;
      entered.notify_all();
      open.wait(false);
      ++steps;
    };
    const auto work = [&]() -> jd::task<> {
      co_await jd::parallel_for(0, all_steps, step, {.grain = grain});
      went_on = true;
    };
    const auto group_body = [&](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(work);
      while (!entered) co_await jd::yield();
      h.cancel();
      open = true;
      open.notify_all();
    };
    co_await jd::with_task_group(group_body);
  };
  rt_.run(body());
  EXPECT_FALSE(went_on);
  EXPECT_LE(steps, 2 * grain) << "a part for each of two threads";
}

TEST_F(Parallel, ACancelReachesAlgorithmsInsideOfAlgorithms) {
  std::atomic<bool> entered{false};
  std::atomic<bool> open{false};
  std::atomic<int> steps{0};
  const auto body = [&]() -> jd::task<> {
    const auto outer = [&](int) {
      tbb::parallel_for(
          0, 100'000,
          [&](int) {
            entered = true;
            entered.notify_all();
            open.wait(false);
            ++steps;
          },
          tbb::simple_partitioner());
    };
    const auto work = [&]() -> jd::task<> { co_await jd::parallel_for(0, 2, outer); };
    const auto group_body = [&](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(work);
      while (!entered) co_await jd::yield();
      h.cancel();
      open = true;
      open.notify_all();
    };
    co_await jd::with_task_group(group_body);
  };
  rt_.run(body());
  EXPECT_LE(steps, 2);
}

TEST_F(Parallel, NestedAlgorithmsUseTheSameArena) {
  const auto body = []() -> jd::task<> {
    std::atomic<int> count{0};
    const auto row = [&](int) { tbb::parallel_for(0, 100, [&](int) { ++count; }); };
    co_await jd::parallel_for(0, 100, row);
    EXPECT_EQ(count, 10'000);
    const auto burst = [&] {
      tbb::parallel_for(0, 100, [&](int) { tbb::parallel_for(0, 100, [&](int) { ++count; }); });
    };
    co_await jd::offload(burst);
    EXPECT_EQ(count, 20'000);
  };
  rt_.run(body());
}

TEST_F(Parallel, ManyTasksMayAwaitAlgorithmsAtTheSameTime) {
  const auto body = []() -> jd::task<> {
    const auto sum = []() -> jd::task<> {
      const auto same = [](long i) { return i; };
      EXPECT_EQ(co_await jd::parallel_reduce(0L, 1000L, 0L, std::plus<>(), same), 499'500L);
    };
    const auto group_body = [&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i < 100; ++i) group.spawn(sum);
      co_return;
    };
    co_await jd::with_task_group(group_body);
  };
  rt_.run(body());
}

}  // namespace
