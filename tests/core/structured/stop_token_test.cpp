// SPDX-License-Identifier: MIT
// Tests of with_stop_token and with_stop_source: std::stop_token, both ways.
#include <jackdaw/structured/stop_token.hpp>

#include <atomic>
#include <stdexcept>
#include <stop_token>
#include <thread>

#include <gtest/gtest.h>
#include <jackdaw/offload/to_thread.hpp>
#include <jackdaw/structured/errors.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;
using support::gate;

jd::task<int> number(int n) { co_return n; }
jd::task<int> pass(gate& g) {
  co_await g.pass();
  co_return 1;
}

TEST(stop_token, stopping_it_cancels_what_is_awaited) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    std::stop_source source;
    const auto stop = [&]() -> jd::task<> {
      co_await closed.until_waiting(1);
      source.request_stop();
    };
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      group.spawn(stop);
      co_await jd::with_stop_token(source.get_token(), closed.pass());
    };
    co_await jd::with_task_group(body);
    EXPECT_EQ(closed.waiting(), 0U);
  });
}

TEST(stop_token, a_value_that_is_not_there_is_no_result) {
  support::run([]() -> jd::task<> {
    gate closed;
    std::stop_source source;
    EXPECT_EQ(co_await jd::with_stop_token(source.get_token(), number(4)), 4);
    source.request_stop();
    const auto late = co_await jd::settle(jd::with_stop_token(source.get_token(), pass(closed)));
    EXPECT_TRUE(support::as<jd::no_result>(late.error()) != nullptr);
  });
}

TEST(stop_token, one_that_is_stopped_already_keeps_the_work_from_beginning) {
  support::run([]() -> jd::task<> {
    std::stop_source source;
    source.request_stop();
    bool began = false;
    const auto work = [&]() -> jd::task<> {
      began = true;
      co_return;
    };
    co_await jd::with_stop_token(source.get_token(), work());
    EXPECT_FALSE(began);
  });
}

TEST(stop_token, a_cancel_stops_the_token_of_code_that_knows_nothing_of_tasks) {
  support::run_everywhere([]() -> jd::task<> {
    std::atomic<bool> entered{false};
    std::atomic<bool> was_stopped{false};
    const auto old_code = [&](std::stop_token token) {
      entered = true;
      while (!token.stop_requested()) std::this_thread::yield();
      was_stopped = true;
    };
    const auto work = [&](std::stop_token token) -> jd::task<> {
      co_await jd::to_thread(old_code, std::move(token));
    };
    const auto child = [&]() -> jd::task<> { co_await jd::with_stop_source(work); };
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(child);
      co_await support::until([&] { return entered.load(); });
      h.cancel();
    };
    co_await jd::with_task_group(body);
    EXPECT_TRUE(was_stopped);
  });
}

TEST(stop_token, without_a_cancel_the_token_is_never_stopped) {
  support::run_everywhere([]() -> jd::task<> {
    std::stop_token kept;
    const auto work = [&](std::stop_token token) -> jd::task<int> {
      kept = std::move(token);
      co_return 6;
    };
    EXPECT_EQ(co_await jd::with_stop_source(work), 6);
    EXPECT_FALSE(kept.stop_requested());
    const auto fail = [&](std::stop_token) -> jd::task<> {
      throw support::failure{3};
      co_return;
    };
    const auto how = co_await jd::settle(jd::with_stop_source(fail));
    EXPECT_TRUE(support::as<support::failure>(how.error()) != nullptr);
  });
}

TEST(stop_token, a_body_that_is_cancelled_ends_as_cancelled) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    std::stop_token kept;
    const auto work = [&](std::stop_token token) -> jd::task<> {
      kept = std::move(token);
      co_await closed.pass();
    };
    const auto child = [&]() -> jd::task<> { co_await jd::with_stop_source(work); };
    bool was_cancelled = false;
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(child);
      co_await closed.until_waiting(1);
      h.cancel();
      const auto how = co_await jd::settle(h);
      was_cancelled = how.cancelled();
    };
    co_await jd::with_task_group(body);
    EXPECT_TRUE(was_cancelled);
  });
}

}  // namespace
