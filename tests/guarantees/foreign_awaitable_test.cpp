// SPDX-License-Identifier: MIT
// S60: awaiting what was not written for jackdaw.
#include <atomic>
#include <coroutine>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/executors/single_thread_executor.hpp>
#include <jackdaw/executors/strand.hpp>
#include <jackdaw/run_on.hpp>
#include <jackdaw/structured/gather.hpp>
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;

/// Resumes on a thread of its own.
class from_elsewhere {
 public:
  explicit from_elsewhere(int value) : value_(value) {}
  from_elsewhere(from_elsewhere&&) = delete;
  ~from_elsewhere() {
    if (thread_.joinable()) thread_.join();
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    const auto suspended = std::make_shared<std::atomic<bool>>(false);
    thread_ = std::thread([h, suspended] {
      suspended->wait(false);
      h.resume();
    });
    *suspended = true;  // nothing of this object is touched from here on
    suspended->notify_one();
  }
  int await_resume() const noexcept { return value_; }

 private:
  int value_;
  std::thread thread_;
};

/// Resumes before await_suspend has returned, or not at all.
template <class Suspend>
class at_once {
 public:
  explicit at_once(Suspend s) : suspend_(std::move(s)) {}
  bool await_ready() const noexcept { return false; }
  auto await_suspend(std::coroutine_handle<> h) { return suspend_(h); }
  int await_resume() const noexcept { return 5; }

 private:
  Suspend suspend_;
};

struct by_operator {
  friend std::suspend_never operator co_await(const by_operator&) noexcept { return {}; }
};

TEST(guarantees, S60_a_foreign_awaitable_resumes_the_task_on_its_own_executor) {
  support::run_everywhere([]() -> jd::task<> {
    jd::lane* const before = jd::base::this_lane();
    EXPECT_EQ(co_await from_elsewhere(7), 7);
    EXPECT_NE(jd::base::this_lane(), nullptr) << "on a worker of the runtime";
    EXPECT_EQ(jd::base::this_lane()->owner, before->owner);
  });
}

TEST(guarantees, S60_that_executor_may_be_a_single_thread) {
  support::run([]() -> jd::task<> {
    jd::single_thread_executor own;
    const auto body = []() -> jd::task<> {
      const std::thread::id mine = std::this_thread::get_id();
      from_elsewhere kept(8);
      EXPECT_EQ(co_await kept, 8);
      EXPECT_EQ(std::this_thread::get_id(), mine);
    };
    co_await jd::run_on(own, body());
  });
}

TEST(guarantees, S60_a_resume_before_the_suspension_is_complete_is_none_too_early) {
  support::run_everywhere([]() -> jd::task<> {
    for (int i = 0; i < 100; ++i) {
      at_once resumes([](std::coroutine_handle<> h) { h.resume(); });
      EXPECT_EQ(co_await resumes, 5);
      at_once goes_on([](std::coroutine_handle<>) { return false; });
      EXPECT_EQ(co_await goes_on, 5);
      at_once passes_on([](std::coroutine_handle<> h) { return h; });
      EXPECT_EQ(co_await passes_on, 5);
      co_await by_operator();
      co_await std::suspend_never();
    }
  });
}

TEST(guarantees, S60_what_a_foreign_suspension_throws_is_thrown_to_the_task) {
  support::run([]() -> jd::task<> {
    at_once fails([](std::coroutine_handle<>) { throw std::runtime_error("not today"); });
    bool thrown = false;
    try {
      co_await fails;
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  });
}

jd::task<int> add_up(int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i) {
    from_elsewhere one(1);
    sum += co_await one;
  }
  co_return sum;
}

TEST(guarantees, S60_many_foreign_threads_resume_many_tasks) {
  support::run_everywhere([]() -> jd::task<> {
    std::vector<jd::task<int>> tasks;
    for (int i = 0; i < 8; ++i) tasks.push_back(add_up(20));
    for (const int sum : co_await jd::gather(std::move(tasks))) EXPECT_EQ(sum, 20);
  });
}

}  // namespace
