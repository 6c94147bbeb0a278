// SPDX-License-Identifier: MIT
// Tests of from_thread::run and post: what a function on a thread has done by the task that sent it
// (S53).
#include <jackdaw/offload/from_thread.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <jackdaw/executors/single_thread_executor.hpp>
#include <jackdaw/offload/offload.hpp>
#include <jackdaw/offload/to_thread.hpp>
#include <jackdaw/run_on.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/yield.hpp>
#include "support/gate.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using support::gate;
using support::tracked;

jd::task<int> number(int n) {
  co_await jd::yield();
  co_return n;
}
jd::task<int> failure() {
  co_await jd::yield();
  throw std::runtime_error("from the task");
}
jd::task<std::thread::id> where() { co_return std::this_thread::get_id(); }

TEST(from_thread, run_gives_the_value_of_the_task_or_throws_its_error) {
  support::run([]() -> jd::task<> {
    const auto call = [] {
      EXPECT_EQ(jd::from_thread::run(number(2)), 2);
      EXPECT_THROW(jd::from_thread::run(failure()), std::runtime_error);
      return jd::from_thread::run(number(3));
    };
    EXPECT_EQ(co_await jd::to_thread(call), 3);
  });
}

TEST(from_thread, run_and_post_use_the_executor_of_the_waiting_task) {
  support::run([]() -> jd::task<> {
    jd::single_thread_executor own;
    const auto body = []() -> jd::task<> {
      const std::thread::id mine = std::this_thread::get_id();
      std::thread::id of_post;
      const auto call = [&] {
        EXPECT_EQ(jd::from_thread::run(where()), mine);
        jd::from_thread::post([&] { of_post = std::this_thread::get_id(); });
      };
      co_await jd::to_thread(call);
      EXPECT_EQ(of_post, mine);
    };
    co_await jd::run_on(own, body());
  });
}

jd::task<> pass_through(gate& g, tracked) { co_await g.pass(); }

TEST(from_thread, S53_a_cancel_of_the_waiting_task_reaches_the_task_that_its_function_runs) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    std::string reason;
    const auto call = [&] {
      try {
        jd::from_thread::run(pass_through(closed, tracked(alive)));
      } catch (const jd::cancelled& c) {
        reason = c.reason().text();
        EXPECT_EQ(alive.load(), 0);
        throw;
      }
    };
    const auto work = [&]() -> jd::task<> { co_await jd::to_thread(call); };
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(work);
      co_await closed.until_waiting(1);
      h.cancel("enough");
    };
    co_await jd::with_task_group(body);
    EXPECT_EQ(reason, "enough");
  });
}

TEST(from_thread, S53_a_function_whose_task_is_cancelled_starts_nothing_any_more) {
  support::run_everywhere([]() -> jd::task<> {
    gate open;
    open.open();
    tracked::counter alive{0};
    bool ran = false;
    std::atomic<bool> in_call{false};
    std::atomic<int> refused{0};
    const auto call = [&] {
      in_call = true;
      while (!jd::from_thread::cancel_requested()) std::this_thread::yield();
      jd::from_thread::post([&ran] { ran = true; });
      try {
        jd::from_thread::run(pass_through(open, tracked(alive)));
      } catch (const jd::cancelled&) {
        ++refused;
      }
    };
    const auto work = [&]() -> jd::task<> { co_await jd::to_thread(call); };
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(work);
      co_await support::until([&] { return in_call.load(); });
      h.cancel();
    };
    co_await jd::with_task_group(body);
    EXPECT_EQ(refused, 1);
    EXPECT_FALSE(ran);
    EXPECT_EQ(alive.load(), 0);
  });
}

TEST(from_thread, S53_the_waiting_task_goes_on_after_what_its_function_has_posted) {
  support::run_everywhere([]() -> jd::task<> {
    gate g;
    tracked::counter alive{0};
    std::atomic<bool> returned{false};
    bool went_on = false;
    const auto call = [&] {
      for (int i = 0; i < 3; ++i) {
        jd::from_thread::post(pass_through, std::ref(g), tracked(alive));
      }
      returned = true;
    };
    const auto work = [&]() -> jd::task<> {
      co_await jd::to_thread(call);
      EXPECT_EQ(alive.load(), 0);
      went_on = true;
    };
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(work);
      co_await g.until_waiting(3);
      co_await support::until([&] { return returned.load(); });
      for (int i = 0; i < 50; ++i) co_await jd::yield();
      EXPECT_FALSE(h.done());
      g.open();
    };
    co_await jd::with_task_group(body);
    EXPECT_TRUE(went_on);
  });
}

TEST(from_thread, S53_a_cancel_reaches_what_was_posted) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    const auto call = [&] {
      jd::from_thread::post(pass_through, std::ref(closed), tracked(alive));
    };
    const auto work = [&]() -> jd::task<> { co_await jd::to_thread(call); };
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      group.spawn(work);
      co_await closed.until_waiting(1);
      group.cancel();
    };
    co_await jd::with_task_group(body);
    EXPECT_EQ(alive.load(), 0);
  });
}

TEST(from_thread, an_error_of_what_was_posted_is_reported_once) {
  jd::runtime rt(jd::runtime_options{.workers = 1});
  std::atomic<int> reports{0};
  rt.on_unhandled([&](const jd::unhandled_error& e) {
    EXPECT_EQ(e.kind, jd::unhandled_error::source::handler);
    ++reports;
  });
  support::run_in(rt, []() -> jd::task<> {
    const auto call = [] { jd::from_thread::post([] { throw std::runtime_error("posted"); }); };
    co_await jd::to_thread(call);
  });
  EXPECT_EQ(reports, 1);
}

/// The message of the std::logic_error that `f` must throw.
template <class F>
std::string refusal(F f) {
  try {
    f();
  } catch (const std::logic_error& e) {
    return e.what();
  }
  return "nothing was refused";
}

TEST(from_thread, S53_elsewhere_it_is_refused_with_the_cure) {
  EXPECT_NE(refusal([] { jd::from_thread::run(number(1)); }).find("jd::runtime::submit()"),
            std::string::npos);
  support::run([]() -> jd::task<> {
    EXPECT_NE(refusal([] { jd::from_thread::post([] {}); }).find("in a task use co_await"),
              std::string::npos);
    const auto abandoned = [] { return refusal([] { jd::from_thread::run(number(1)); }); };
    const std::string text = co_await jd::to_thread(jd::on_cancel::abandon, abandoned);
    EXPECT_NE(text.find("jd::on_cancel::wait"), std::string::npos);
  });
}

TEST(from_thread, a_burst_that_awaits_is_refused_and_one_that_posts_is_not) {
  support::run([]() -> jd::task<> {
    bool posted = false;
    const auto burst = [&posted] {
      jd::from_thread::post([&posted] { posted = true; });
      return refusal([] { jd::from_thread::run(number(1)); });
    };
    const std::string text = co_await jd::offload(burst);
    EXPECT_NE(text.find("a burst of jd::offload must not wait"), std::string::npos);
    EXPECT_NE(text.find("jd::to_thread"), std::string::npos);
    EXPECT_TRUE(posted);
  });
}

TEST(from_thread, S53_cancels_race_functions_that_run_and_post) {
  support::run_everywhere([]() -> jd::task<> {
    tracked::counter alive{0};
    gate open;
    open.open();
    std::atomic<int> ends{0};
    const auto call = [&] {
      jd::from_thread::post(pass_through, std::ref(open), tracked(alive));
      jd::from_thread::run(pass_through(open, tracked(alive)));
    };
    const auto work = [&]() -> jd::task<> {
      const std::shared_ptr<void> at_end(nullptr, [&](void*) { ++ends; });
      co_await jd::to_thread(call);
    };
    for (int i = 0; i < 200; ++i) {
      const auto body = [&](jd::task_group& group) -> jd::task<> {
        auto h = group.spawn(work);
        for (int pause = i % 16; pause != 0; --pause) co_await jd::yield();
        h.cancel();
      };
      co_await jd::with_task_group(body);
      EXPECT_EQ(alive.load(), 0);
    }
    EXPECT_LE(ends, 200);
  });
}

}  // namespace
