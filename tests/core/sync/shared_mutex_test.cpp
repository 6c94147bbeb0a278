// SPDX-License-Identifier: MIT
// Tests of shared_mutex: who may be inside together, order, cancellation, lifetime.
#include <jackdaw/sync/shared_mutex.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jackdaw/structured/task_group.hpp>

#include "core/sync/workers.hpp"

namespace {

namespace jd = jackdaw;
using jd::tests::on_workers;
using jd::tests::until;
using jd::tests::until_another_runs;
using testing::ElementsAre;

/// A shared_mutex, and who has come into it.
struct room {
  jd::shared_mutex rw;
  int arrived = 0;
  std::vector<std::string> entered;

  jd::task<> write(std::string who) {
    ++arrived;
    auto guard = co_await rw.lock();
    entered.push_back(std::move(who));
  }
  jd::task<> read(std::string who) {
    ++arrived;
    auto guard = co_await rw.lock_shared();
    entered.push_back(std::move(who));
  }
  /// Spawns a task that has begun to wait, or is inside, when this returns.
  template <class Task>
  jd::task<jd::join_handle<void>> arrive(jd::task_group& group, Task task) {
    const int before = arrived;
    auto handle = group.spawn(std::move(task));
    co_await until(arrived, before + 1);
    co_return handle;
  }
};

TEST(SharedMutex, ReadersAreInsideTogetherAndWritersAlone) {
  jd::shared_mutex rw;
  auto first = rw.try_lock_shared();
  auto second = rw.try_lock_shared();
  EXPECT_TRUE(first.owns_lock() && second.owns_lock());
  EXPECT_FALSE(rw.try_lock());
  first.unlock();
  EXPECT_FALSE(rw.try_lock());
  second.unlock();
  auto writer = rw.try_lock();
  EXPECT_TRUE(writer);
  EXPECT_FALSE(rw.try_lock());
  EXPECT_FALSE(rw.try_lock_shared());
  auto moved = std::move(writer);
  EXPECT_FALSE(writer);  // NOLINT: what was moved from is empty
  moved.unlock();
  EXPECT_TRUE(rw.try_lock_shared());
}

TEST(SharedMutex, S29_a_waiting_writer_keeps_later_readers_out) {
  room r;
  on_workers(1, [&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto reading = co_await r.rw.lock_shared();
      co_await r.arrive(group, r.write("writer"));
      co_await r.arrive(group, r.read("reader"));
      EXPECT_FALSE(r.rw.try_lock_shared());
      EXPECT_TRUE(r.entered.empty());
      reading.unlock();
      EXPECT_FALSE(r.rw.try_lock_shared());  // the writer's already
    });
    EXPECT_TRUE(r.rw.try_lock());
  });
  EXPECT_THAT(r.entered, ElementsAre("writer", "reader"));
}

TEST(SharedMutex, S29_waiters_come_in_by_the_order_of_their_arrival_and_readers_in_a_row_together) {
  room r;
  on_workers(1, [&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto writing = co_await r.rw.lock();
      co_await r.arrive(group, r.read("r1"));
      co_await r.arrive(group, r.read("r2"));
      co_await r.arrive(group, r.write("w"));
      co_await r.arrive(group, r.read("r3"));
      writing.unlock();
    });
  });
  ASSERT_EQ(r.entered.size(), 4U);
  EXPECT_EQ(r.entered[2], "w");
  EXPECT_EQ(r.entered[3], "r3");
}

TEST(SharedMutex, ManyReadersThatWaitEnterTogether) {
  static constexpr int readers = 200;  // more than a batch
  on_workers(1, []() -> jd::task<> {
    jd::shared_mutex rw;
    int arrived = 0;
    int inside = 0;
    const auto read = [&]() -> jd::task<> {
      ++arrived;
      auto guard = co_await rw.lock_shared();
      ++inside;
      while (inside != readers) co_await jd::yield();  // never, if they came in one by one
    };
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto writing = co_await rw.lock();
      for (int i = 0; i != readers; ++i) group.spawn(read);
      co_await until(arrived, readers);
      writing.unlock();
    });
    EXPECT_TRUE(rw.try_lock());
  });
}

TEST(SharedMutex, S29_a_cancelled_writer_lets_the_readers_behind_it_in) {
  room r;
  on_workers(1, [&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto reading = co_await r.rw.lock_shared();
      auto writer = co_await r.arrive(group, r.write("writer"));
      auto reader = co_await r.arrive(group, r.read("reader"));
      EXPECT_TRUE(writer.cancel());
      co_await reader;
      EXPECT_TRUE(r.rw.try_lock_shared());  // nobody waits any more
    });
    EXPECT_TRUE(r.rw.try_lock());
  });
  EXPECT_THAT(r.entered, ElementsAre("reader"));
}

TEST(SharedMutex, S30_granted_and_cancelled_together_returns_the_guard) {
  room r;
  on_workers(1, [&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto writing = co_await r.rw.lock();
      auto writer = co_await r.arrive(group, r.write("writer"));
      writing.unlock();
      writer.cancel();
      co_await writer;
      auto reading = co_await r.rw.lock();
      auto reader = co_await r.arrive(group, r.read("reader"));
      reading.unlock();
      reader.cancel();
    });
    EXPECT_TRUE(r.rw.try_lock());
  });
  EXPECT_THAT(r.entered, ElementsAre("writer", "reader"));
}

TEST(SharedMutex, S33_cancelled_waits_leave_no_waiter_behind) {
  on_workers(1, []() -> jd::task<> {
    room r;
    auto writing = co_await r.rw.lock();
    for (int round = 0; round != 5'000; ++round) {
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        co_await r.arrive(group, r.write("w"));
        co_await r.arrive(group, r.read("r"));
        group.cancel();
      });
    }
    EXPECT_TRUE(r.entered.empty());
    writing.unlock();
    EXPECT_TRUE(r.rw.try_lock());
  });
}

TEST(SharedMutex, LocksThatNeverWaitLetOthersRun) {
  on_workers(1, []() -> jd::task<> {
    jd::shared_mutex rw;
    co_await until_another_runs([&]() -> jd::task<> { auto guard = co_await rw.lock_shared(); });
  });
}

TEST(SharedMutex, MayBeDestroyedByWhoeverGetsItLast) {
  on_workers(2, []() -> jd::task<> {
    for (int round = 0; round != 2000; ++round) {
      auto rw = std::make_unique<jd::shared_mutex>();
      const auto hold = [](jd::shared_mutex::shared_guard g) -> jd::task<> {
        g.unlock();
        co_return;
      };
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        group.spawn(hold, co_await rw->lock_shared());
        group.spawn(hold, co_await rw->lock_shared());
        auto mine = co_await rw->lock();
        mine.unlock();
        rw.reset();
      });
    }
  });
}

/// Readers and writers, some of which are cancelled, of a value that is written in two steps.
struct library {
  static constexpr int people = 24;
  static constexpr int rounds = 150;

  jd::shared_mutex rw;
  int first = 0;  // plain: unlocks happen before locks
  int second = 0;
  std::atomic<int> torn{0};
  std::atomic<int> visits{0};

  jd::task<> write() {
    for (int i = 0; i != rounds; ++i) {
      auto guard = co_await rw.lock();
      ++first;
      if (i % 8 == 0) co_await jd::yield();
      second = first;
      visits.fetch_add(1);
    }
  }
  jd::task<> read() {
    for (int i = 0; i != rounds; ++i) {
      auto guard = co_await rw.lock_shared();
      if (first != second) torn.fetch_add(1);
      if (i % 8 == 0) co_await jd::yield();
      visits.fetch_add(1);
    }
  }
  jd::task<> open(unsigned seed) {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      std::minstd_rand random(seed);
      std::vector<jd::join_handle<void>> readers;
      for (int i = 0; i != people; ++i) {
        if (i % 4 == 0) group.spawn([this] { return write(); });
        readers.push_back(group.spawn([this] { return read(); }));
      }
      for (int i = 0; i != people / 2; ++i) {
        for (auto pause = random() % 32; pause != 0; --pause) co_await jd::yield();
        readers[random() % people].cancel();
      }
    });
  }
};

TEST(SharedMutex, S30_is_never_orphaned_and_never_torn_whatever_is_cancelled) {
  for (unsigned seed = 1; seed != 16; ++seed) {
    library l;
    on_workers(4, [&]() -> jd::task<> { co_await l.open(seed); });
    EXPECT_EQ(l.torn, 0) << "seed " << seed;
    EXPECT_GE(l.visits, library::rounds);
    EXPECT_EQ(l.first, l.second);
    EXPECT_TRUE(l.rw.try_lock()) << "seed " << seed;
  }
}

}  // namespace
