// SPDX-License-Identifier: MIT
// Tests of runtime::submit: a task as a foreign thread sees it.
#include <jackdaw/submission.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>
#include <jackdaw/runtime.hpp>
#include "support/gate.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using namespace std::chrono_literals;
using support::gate;
using support::tracked;

jd::task<int> number(int n) { co_return n; }
jd::task<int> failure() {
  throw std::runtime_error("no");
  co_return 0;
}
jd::task<> pass(gate& g, tracked) { co_await g.pass(); }
jd::task<std::unique_ptr<int>> box(gate& g, int n) {
  co_await g.pass();
  co_return std::make_unique<int>(n);
}

TEST(submission, gives_the_value_or_the_error_to_a_foreign_thread) {
  jd::runtime& rt = support::shared_runtime<2>();
  EXPECT_EQ(rt.submit(number(3)).get(), 3);
  EXPECT_THROW(rt.submit(failure()).get(), std::runtime_error);
}

TEST(submission, can_be_waited_for_and_cancelled) {
  jd::runtime& rt = support::shared_runtime<2>();
  gate closed;
  tracked::counter alive{0};
  auto f = rt.submit(pass(closed, tracked(alive)));
  EXPECT_FALSE(f.wait_for(1ms));
  EXPECT_FALSE(f.done());
  EXPECT_TRUE(f.cancel("not wanted any more"));
  EXPECT_TRUE(f.wait_for(std::chrono::nanoseconds::max()));
  EXPECT_FALSE(f.cancel());
  EXPECT_THROW(f.get(), jd::cancelled);
  EXPECT_EQ(alive.load(), 0);
}

TEST(submission, that_is_destroyed_cancels_its_task_and_waits) {
  jd::runtime& rt = support::shared_runtime<2>();
  gate closed;
  tracked::counter alive{0};
  {
    auto f = rt.submit(pass(closed, tracked(alive)));
    EXPECT_FALSE(f.wait_for(1ms));
  }
  EXPECT_EQ(alive.load(), 0);
}

TEST(submission, converts_to_a_future_before_or_after_its_end) {
  jd::runtime rt(jd::runtime_options{.workers = 2});
  gate g;
  std::future<std::unique_ptr<int>> early = rt.submit(box(g, 4));
  EXPECT_EQ(early.wait_for(1ms), std::future_status::timeout);
  EXPECT_EQ(rt.metrics().background, 1U);
  g.open();
  EXPECT_EQ(*early.get(), 4);

  auto f = rt.submit(box(g, 5));
  EXPECT_TRUE(f.wait_for(1h));
  std::future<std::unique_ptr<int>> late = std::move(f);
  EXPECT_EQ(*late.get(), 5);
  std::future<int> error = rt.submit(failure());
  EXPECT_THROW(error.get(), std::runtime_error);
}

TEST(submission, that_is_let_go_of_races_its_end) {
  jd::runtime& rt = support::shared_runtime<2>();
  for (int i = 0; i < 2000; ++i) {
    std::future<int> f = rt.submit(number(i));
    EXPECT_EQ(f.get(), i);
  }
}

}  // namespace
