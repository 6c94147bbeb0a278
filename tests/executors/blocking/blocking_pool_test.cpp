// SPDX-License-Identifier: MIT
// Tests of blocking_pool: threads on demand, reuse, removal, the end of idle threads.
#include <jackdaw/executors/blocking_pool.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using jackdaw::blocking_job;
using jackdaw::blocking_pool;
using jackdaw::blocking_pool_options;

/// Counts its run, after having waited for `open` if there is one.
struct counting_job : blocking_job {
  counting_job(std::atomic<int>& c, std::atomic<bool>* o = nullptr)
      : blocking_job(run_it), count(&c), open(o) {}

  static void run_it(blocking_job& j) noexcept {
    auto& self = static_cast<counting_job&>(j);
    if (self.open != nullptr) self.open->wait(false);
    ++*self.count;  // the last access: whoever sees it may destroy the job
  }

  std::atomic<int>* count;
  std::atomic<bool>* open;
};

void await_count(const std::atomic<int>& count, int wanted) {
  while (count != wanted) std::this_thread::yield();
}

void set(std::atomic<bool>& flag) {
  flag = true;
  flag.notify_all();
}

blocking_pool_options with_threads(std::size_t n) {
  blocking_pool_options options;
  options.threads_max = n;
  return options;
}

TEST(BlockingPool, StartsNoThreadBeforeThereIsWork) {
  const blocking_pool pool;
  EXPECT_EQ(pool.threads(), 0U);
}

TEST(BlockingPool, GivesEveryBlockedJobAThreadOfItsOwn) {
  std::atomic<int> count{0};
  std::atomic<bool> open{false};
  std::vector<std::unique_ptr<counting_job>> jobs;
  blocking_pool pool;
  for (int i = 0; i != 8; ++i) {
    jobs.push_back(std::make_unique<counting_job>(count, &open));
    EXPECT_TRUE(pool.start(*jobs.back()));
  }
  while (pool.queued() != 0) std::this_thread::yield();
  EXPECT_EQ(pool.threads(), 8U);
  EXPECT_EQ(count, 0);
  set(open);
  await_count(count, 8);
}

TEST(BlockingPool, QueuesBeyondItsLimit) {
  std::atomic<int> count{0};
  std::atomic<bool> open{false};
  std::vector<std::unique_ptr<counting_job>> jobs;
  blocking_pool pool(with_threads(2));
  for (int i = 0; i != 10; ++i) {
    jobs.push_back(std::make_unique<counting_job>(count, &open));
    EXPECT_TRUE(pool.start(*jobs.back()));
  }
  while (pool.queued() != 8) std::this_thread::yield();
  EXPECT_EQ(pool.threads(), 2U);
  set(open);
  await_count(count, 10);
  EXPECT_EQ(pool.threads(), 2U);
}

TEST(BlockingPool, SendsForOneThreadAtATime) {
  std::atomic<int> count{0};
  std::atomic<bool> open{false};
  std::vector<std::unique_ptr<counting_job>> jobs;
  blocking_pool_options options;
  options.around = [&](const std::function<void()>& serve) {
    open.wait(false);
    serve();
  };
  blocking_pool pool(options);
  for (int i = 0; i != 100; ++i) {
    jobs.push_back(std::make_unique<counting_job>(count));
    EXPECT_TRUE(pool.start(*jobs.back()));
  }
  EXPECT_EQ(pool.threads(), 1U);  // on its way
  set(open);
  await_count(count, 100);
}

TEST(BlockingPool, AJobWaitsForNoOtherJob) {
  struct meeting_job : blocking_job {
    explicit meeting_job(std::latch& l)
        : blocking_job([](blocking_job& j) noexcept {
            static_cast<meeting_job&>(j).all->arrive_and_wait();
          }),
          all(&l) {}
    std::latch* all;
  };
  constexpr int participants = 16;
  for (int round = 0; round != 50; ++round) {
    std::latch all(participants + 1);
    std::vector<std::unique_ptr<meeting_job>> jobs;
    blocking_pool pool;
    for (int i = 0; i != participants; ++i) {
      jobs.push_back(std::make_unique<meeting_job>(all));
      EXPECT_TRUE(pool.start(*jobs.back()));
    }
    all.arrive_and_wait();
  }
}

/// While it lives the process gets no memory for another large stack.
class no_room {
 public:
  no_room() {
    ::getrlimit(RLIMIT_AS, &before_);
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit tight = before_;
    tight.rlim_cur = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + large_stack / 2;
    ::setrlimit(RLIMIT_AS, &tight);
  }
  no_room(const no_room&) = delete;
  no_room& operator=(const no_room&) = delete;
  ~no_room() { ::setrlimit(RLIMIT_AS, &before_); }

  static constexpr std::size_t large_stack = std::size_t{256} << 20;

 private:
  rlimit before_{};
};

TEST(BlockingPool, AThreadThatCannotBeMadeLeavesNoJobBehind) {
  std::atomic<int> count{0};
  std::atomic<bool> open{false};
  counting_job blocked(count, &open);
  counting_job queued(count);
  blocking_pool_options options;
  options.stack_bytes = no_room::large_stack;
  blocking_pool pool(options);
  {
    const no_room now;
    EXPECT_FALSE(pool.start(queued));
  }
  EXPECT_TRUE(pool.start(blocked));
  while (pool.queued() != 0) std::this_thread::yield();
  {
    const no_room now;
    EXPECT_TRUE(pool.start(queued));
  }
  EXPECT_EQ(pool.threads(), 1U);
  EXPECT_EQ(pool.queued(), 1U);
  set(open);
  await_count(count, 2);
  while (pool.idle_threads() != 1) std::this_thread::yield();
  EXPECT_TRUE(pool.start(queued));
  await_count(count, 3);
}

TEST(BlockingPool, AnIdleThreadIsUsedAgain) {
  std::atomic<int> count{0};
  counting_job job(count);
  blocking_pool pool;
  for (int i = 0; i != 200; ++i) {
    EXPECT_TRUE(pool.start(job));
    await_count(count, i + 1);
    while (pool.idle_threads() != 1) std::this_thread::yield();
  }
  EXPECT_EQ(pool.threads(), 1U);
}

TEST(BlockingPool, S52_a_job_that_has_not_begun_can_be_taken_back) {
  std::atomic<int> count{0};
  std::atomic<int> removed_count{0};
  std::atomic<bool> open{false};
  counting_job running(count, &open);
  counting_job removed(removed_count);
  counting_job last(count);
  {
    blocking_pool pool(with_threads(1));
    EXPECT_TRUE(pool.start(running));
    while (pool.queued() != 0) std::this_thread::yield();
    EXPECT_TRUE(pool.start(removed));
    EXPECT_TRUE(pool.start(last));
    EXPECT_FALSE(pool.remove(running));
    EXPECT_TRUE(pool.remove(removed));
    EXPECT_FALSE(pool.remove(removed));
    set(open);
    await_count(count, 2);
  }
  EXPECT_EQ(removed_count, 0);
}

TEST(BlockingPool, RunsWhatIsQueuedBeforeItEnds) {
  std::atomic<int> count{0};
  std::vector<std::unique_ptr<counting_job>> jobs;
  {
    blocking_pool pool(with_threads(2));
    for (int i = 0; i != 100; ++i) {
      jobs.push_back(std::make_unique<counting_job>(count));
      EXPECT_TRUE(pool.start(*jobs.back()));
    }
  }
  EXPECT_EQ(count, 100);
}

TEST(BlockingPool, AThreadThatIsIdleForTooLongEnds) {
  std::atomic<int> count{0};
  counting_job job(count);
  blocking_pool_options options;
  options.keep_alive = std::chrono::milliseconds(1);
  blocking_pool pool(options);
  for (int i = 0; i != 5; ++i) {
    EXPECT_TRUE(pool.start(job));
    await_count(count, i + 1);
    while (pool.threads() != 0) std::this_thread::yield();
  }
}

TEST(BlockingPool, LosesNoJobWhenIdleThreadsEndMeanwhile) {
  std::atomic<int> count{0};
  counting_job job(count);
  blocking_pool_options options;
  options.keep_alive = std::chrono::nanoseconds(0);
  blocking_pool pool(options);
  for (int i = 0; i != 2000; ++i) {
    EXPECT_TRUE(pool.start(job));
    await_count(count, i + 1);
  }
}

TEST(BlockingPool, BlocksAllSignalsInItsThreads) {
  struct asking_job : blocking_job {
    asking_job()
        : blocking_job([](blocking_job& j) noexcept {
            sigset_t mask;
            pthread_sigmask(SIG_SETMASK, nullptr, &mask);
            static_cast<asking_job&>(j).blocked =
                sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGINT) == 1;
          }) {}
    bool blocked = false;
  };
  asking_job job;
  {
    blocking_pool pool;
    EXPECT_TRUE(pool.start(job));
  }
  EXPECT_TRUE(job.blocked);
  sigset_t mine;
  pthread_sigmask(SIG_SETMASK, nullptr, &mine);
  EXPECT_EQ(sigismember(&mine, SIGTERM), 0);
}

TEST(BlockingPool, RefusesALimitOfZero) {
  EXPECT_THROW(blocking_pool pool(with_threads(0)), std::invalid_argument);
}

TEST(BlockingPool, StartAndRemoveFromManyThreadsAccountForEveryJob) {
  std::atomic<int> ran{0};
  std::atomic<int> removed{0};
  constexpr int rounds = 3000;
  {
    blocking_pool pool(with_threads(3));
    std::vector<std::thread> threads;
    for (int t = 0; t != 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i != rounds; ++i) {
          std::atomic<int> mine{0};
          counting_job job(mine);
          EXPECT_TRUE(pool.start(job));
          if (pool.remove(job)) {
            ++removed;
          } else {
            while (mine.load() == 0) std::this_thread::yield();
            ++ran;
          }
        }
      });
    }
    for (std::thread& t : threads) t.join();
    EXPECT_EQ(pool.queued(), 0U);
  }
  EXPECT_EQ(ran + removed, 4 * rounds);
}

}  // namespace
