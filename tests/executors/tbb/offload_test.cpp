// SPDX-License-Identifier: MIT
// Tests of offload and tbb_executor: bounded bursts, values, errors, interruption.
#include <jackdaw/offload/offload.hpp>

#include <atomic>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <jackdaw/executors/tbb_executor.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/yield.hpp>

namespace {

namespace jd = jackdaw;

/// A runtime whose bursts run one at a time, without oneTBB's own workers, which the thread
/// sanitizer cannot see.
class Offload : public testing::Test {
 protected:
  Offload() { rt_.environment().bursts = &bursts_; }

  static jd::runtime_options one_worker() {
    jd::runtime_options options;
    options.workers = 1;
    return options;
  }
  static jd::tbb_executor_options one_burst() {
    jd::tbb_executor_options options;
    options.bursts = 1;
    return options;
  }

  jd::runtime rt_{one_worker()};
  jd::tbb_executor bursts_{one_burst()};
};

void await(const std::atomic<bool>& flag) { flag.wait(false); }
void set(std::atomic<bool>& flag) {
  flag = true;
  flag.notify_all();
}

TEST_F(Offload, ReturnsWhatTheFunctionReturnsOrThrows) {
  const auto body = []() -> jd::task<> {
    EXPECT_EQ(co_await jd::offload([](int n) { return n * n; }, 12), 144);
    const std::thread::id mine = std::this_thread::get_id();
    EXPECT_NE(co_await jd::offload(std::this_thread::get_id), mine);
    bool thrown = false;
    try {
      co_await jd::offload([] { throw std::runtime_error("no"); });
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  };
  rt_.run(body());
}

TEST_F(Offload, AnErrorInAParallelAlgorithmIsTheErrorOfTheCall) {
  const auto body = []() -> jd::task<> {
    const auto burst = [] {
      tbb::parallel_for(0, 100, [](int i) {
        if (i == 50) throw std::out_of_range("fifty");
      });
    };
    bool thrown = false;
    try {
      co_await jd::offload(burst);
    } catch (const std::out_of_range&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
    EXPECT_EQ(co_await jd::offload([] { return 1; }), 1);  // the next one is not affected
  };
  rt_.run(body());
}

TEST_F(Offload, RunsInAnArenaOfBoundedSize) {
  const auto body = []() -> jd::task<> {
    EXPECT_EQ(co_await jd::offload(tbb::this_task_arena::max_concurrency), 1);
  };
  rt_.run(body());
}

TEST_F(Offload, S52_a_burst_cancelled_before_its_start_never_runs) {
  std::atomic<bool> entered{false};
  std::atomic<bool> open{false};
  std::atomic<bool> ran{false};
  const auto body = [&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto occupy = [&]() -> jd::task<> {
        co_await jd::offload([&] {
          set(entered);
          await(open);
        });
      };
      const auto queue_up = [&]() -> jd::task<> { co_await jd::offload([&] { ran = true; }); };
      group.spawn(occupy);
      while (!entered) co_await jd::yield();
      auto queued = group.spawn(queue_up);
      while (bursts_.queued() != 1) co_await jd::yield();
      queued.cancel();
      while (!queued.done()) co_await jd::yield();
      set(open);
    });
  };
  rt_.run(body());
  EXPECT_FALSE(ran);
}

TEST_F(Offload, ACancelledBurstEndsItsParallelAlgorithmsAndDeliversNothing) {
  std::atomic<bool> entered{false};
  std::atomic<bool> open{false};
  std::atomic<bool> delivered{false};
  std::atomic<bool> was_cancelled{false};
  std::atomic<int> steps{0};
  constexpr int all_steps = 1000;
  const auto body = [&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto work = [&]() -> jd::task<> {
        try {
          co_await jd::offload([&] {
            tbb::parallel_for(
                0, all_steps,
                [&](int) {
                  set(entered);
                  await(open);
                  ++steps;
                },
                tbb::simple_partitioner());
          });
          delivered = true;
        } catch (const jd::cancelled&) {
          was_cancelled = true;
          throw;
        }
      };
      auto worker = group.spawn(work);
      while (!entered) co_await jd::yield();
      worker.cancel();
      for (int i = 0; i != 100; ++i) co_await jd::yield();
      EXPECT_FALSE(worker.done());  // waits for the burst's end
      set(open);
    });
  };
  rt_.run(body());
  EXPECT_FALSE(delivered);
  EXPECT_TRUE(was_cancelled);
  EXPECT_LT(steps, all_steps);
}

TEST_F(Offload, AnErrorOfACancelledBurstIsItsOutcome) {
  std::atomic<bool> entered{false};
  std::atomic<bool> open{false};
  bool thrown = false;
  const auto body = [&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto work = [&]() -> jd::task<> {
        try {
          co_await jd::offload([&] {
            set(entered);
            await(open);
            throw std::runtime_error("all the same");
          });
        } catch (const std::runtime_error&) {
          thrown = true;
        }
      };
      auto worker = group.spawn(work);
      while (!entered) co_await jd::yield();
      worker.cancel();
      set(open);
    });
  };
  rt_.run(body());
  EXPECT_TRUE(thrown);
}

TEST_F(Offload, ARuntimeWithoutAnArenaRefuses) {
  rt_.environment().bursts = nullptr;
  const auto body = []() -> jd::task<> { co_await jd::offload([] {}); };
  EXPECT_THROW(rt_.run(body()), std::system_error);
}

TEST_F(Offload, S23_cancel_racing_a_burst_ends_the_wait_exactly_once) {
  std::atomic<int> runs{0};
  std::atomic<int> delivered{0};
  constexpr int rounds = 1000;
  const auto body = [&]() -> jd::task<> {
    const auto work = [&]() -> jd::task<> {
      co_await jd::offload([&] { ++runs; });
      ++delivered;
    };
    for (int i = 0; i != rounds; ++i) {
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        auto h = group.spawn(work);
        for (int pause = i % 16; pause != 0; --pause) co_await jd::yield();
        h.cancel();
      });
    }
  };
  rt_.run(body());
  EXPECT_LE(delivered, runs);
  EXPECT_EQ(bursts_.queued(), 0U);
}

TEST(TbbExecutor, RunsNoMoreBurstsAtATimeThanItWasTold) {
  jd::runtime rt;
  jd::tbb_executor_options options;
  options.bursts = 2;
  options.helpers = 0;
  jd::tbb_executor bursts(options);
  rt.environment().bursts = &bursts;
  std::atomic<int> running{0};
  std::atomic<bool> exceeded{false};
  const auto body = [&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto work = [&]() -> jd::task<> {
        co_await jd::offload([&] {
          if (++running > 2) exceeded = true;
          --running;
        });
      };
      for (int i = 0; i != 500; ++i) group.spawn(work);
      co_return;
    });
  };
  rt.run(body());
  EXPECT_FALSE(exceeded);
}

}  // namespace
