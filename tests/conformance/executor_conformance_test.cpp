// SPDX-License-Identifier: MIT
// What every executor promises, tested on each of them. To add one, write its `subject` in
// subjects.hpp and put it into the list there.
#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/subjects.hpp"

namespace {

using jackdaw::work;
using jackdaw::conformance::subjects;

template <class Subject>
class Executor : public testing::Test {
 protected:
  Subject subject;
};
TYPED_TEST_SUITE(Executor, subjects);

/// How much work has begun and ended.
struct progress {
  std::atomic<std::size_t> begun{0};
  std::atomic<std::size_t> ended{0};
};

/// Work that notes how often, and as which, it was run.
struct noted_work : work {
  explicit noted_work(progress& p) noexcept : work(run_it), all(&p) {}

  static void run_it(work& w) noexcept {
    auto& self = static_cast<noted_work&>(w);
    ++self.runs;
    self.place = self.all->begun.fetch_add(1);
    self.all->ended.fetch_add(1);  // the last access: whoever sees it may destroy the work
  }

  progress* all;
  std::size_t place = 0;  // plain, like the others: read after `ended` has told of the run
  int runs = 0;
  int written = 0;  // before the submission
};

using works = std::vector<std::unique_ptr<noted_work>>;

works make_works(std::size_t n, progress& done) {
  works all;
  for (std::size_t i = 0; i != n; ++i) all.push_back(std::make_unique<noted_work>(done));
  return all;
}

void await_all(const progress& done, std::size_t n) {
  while (done.ended != n) std::this_thread::yield();
}

TYPED_TEST(Executor, RunsEachPieceOfWorkExactlyOnce) {
  progress done;
  works all = make_works(1000, done);
  for (auto& w : all) this->subject.executor().submit(*w);
  await_all(done, all.size());
  for (auto& w : all) EXPECT_EQ(w->runs, 1);
}

TYPED_TEST(Executor, RunsInTheOrderOfSubmissionWhereItPromisesTo) {
  progress done;
  works all = make_works(1000, done);
  for (auto& w : all) this->subject.executor().submit(*w);
  await_all(done, all.size());
  for (std::size_t i = 0; TypeParam::in_order && i != all.size(); ++i) EXPECT_EQ(all[i]->place, i);
}

TYPED_TEST(Executor, TakesWorkFromManyThreadsAtOnce) {
  constexpr std::size_t threads = 4;
  constexpr std::size_t each = 2000;
  progress done;
  std::vector<works> all;
  for (std::size_t t = 0; t != threads; ++t) all.push_back(make_works(each, done));
  std::vector<std::thread> submitters;
  for (std::size_t t = 0; t != threads; ++t) {
    submitters.emplace_back([&, t] {
      for (auto& w : all[t]) this->subject.executor().submit(*w);
    });
  }
  for (std::thread& t : submitters) t.join();
  await_all(done, threads * each);
  for (const works& mine : all) {
    for (const auto& w : mine) EXPECT_EQ(w->runs, 1);
  }
}

TYPED_TEST(Executor, WhatHappenedBeforeTheSubmissionIsSeenByTheRun) {
  struct reading_work : noted_work {
    explicit reading_work(progress& d) noexcept : noted_work(d) {
      run = [](work& w) noexcept {
        auto& self = static_cast<reading_work&>(w);
        self.read = self.written;
        run_it(w);
      };
    }
    int read = 0;
  };
  progress done;
  for (int i = 1; i != 500; ++i) {
    reading_work w(done);
    w.written = i;  // plain: a race for the thread sanitizer unless the submission orders it
    this->subject.executor().submit(w);
    await_all(done, static_cast<std::size_t>(i));
    EXPECT_EQ(w.read, i);
  }
}

TYPED_TEST(Executor, TakesWorkThatIsSubmittedFromInside) {
  struct relay_work : noted_work {
    relay_work(progress& d, jackdaw::any_executor& e, int n) noexcept
        : noted_work(d), executor(&e), left(n) {
      run = [](work& w) noexcept {
        auto& self = static_cast<relay_work&>(w);
        if (--self.left == 0) return run_it(w);
        self.executor->submit(self);
      };
    }
    jackdaw::any_executor* executor;
    int left;
  };
  // Deep enough to overflow the stack of an executor that ran it recursively.
  constexpr int hops = 200'000;
  progress done;
  relay_work w(done, this->subject.executor(), hops);
  this->subject.executor().submit(w);
  await_all(done, 1);
  EXPECT_EQ(w.left, 0);
}

TYPED_TEST(Executor, DoesNotTouchWorkThatItHasRun) {
  struct vanishing_work : work {
    explicit vanishing_work(progress& d) noexcept
        : work([](work& w) noexcept {
            progress& all = *static_cast<vanishing_work&>(w).done;
            delete &static_cast<vanishing_work&>(w);
            ++all.ended;
          }),
          done(&d) {}
    progress* done;
  };
  progress done;
  for (int i = 0; i != 1000; ++i) this->subject.executor().submit(*new vanishing_work(done));
  await_all(done, 1000);
}

TYPED_TEST(Executor, RunsOnePieceAtATimeWhereItPromisesTo) {
  if constexpr (TypeParam::one_at_a_time) {
    struct exclusive_work : noted_work {
      exclusive_work(progress& d, int& n) noexcept : noted_work(d), counter(&n) {
        run = [](work& w) noexcept {
          ++*static_cast<exclusive_work&>(w).counter;  // plain
          run_it(w);
        };
      }
      int* counter;
    };
    progress done;
    int counter = 0;
    std::vector<std::unique_ptr<exclusive_work>> all;
    for (int i = 0; i != 4000; ++i) all.push_back(std::make_unique<exclusive_work>(done, counter));
    std::thread other([&] {
      for (std::size_t i = 0; i != 2000; ++i) this->subject.executor().submit(*all[i]);
    });
    for (std::size_t i = 2000; i != 4000; ++i) this->subject.executor().submit(*all[i]);
    other.join();
    await_all(done, all.size());
    EXPECT_EQ(counter, 4000);
  }
}

}  // namespace
