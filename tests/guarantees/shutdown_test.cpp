// SPDX-License-Identifier: MIT
// S15, S44, S48, S50: how a runtime ends what its tasks have left behind.
#include <atomic>
#include <chrono>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include <jackdaw/structured/background_tasks.hpp>
#include <jackdaw/structured/cleanup.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/time/sleep.hpp>
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using namespace std::chrono_literals;
using support::gate;
using support::tracked;

jd::runtime_options impatient() {
  jd::runtime_options options;
  options.workers = 2;
  options.grace = 2ms;
  options.hard_deadline = 10ms;
  return options;
}

jd::task<> pass(gate& g, tracked) { co_await g.pass(); }
jd::task<> pass_shielded(gate& g, tracked) { co_await jd::shield(g.pass()); }

jd::task<> fail_after(gate& g) {
  co_await g.pass();
  throw support::failure{15};
}

// Spawns one that fails and one that is cancelled, and waits for both.
jd::task<> fail_in_the_background() {
  gate open;
  open.open();
  gate closed;
  tracked::counter alive{0};
  jd::background_tasks tasks;
  tasks.spawn({.name = "the one that fails"}, fail_after, std::ref(open));
  auto dropped = tasks.spawn(pass, std::ref(closed), tracked(alive));
  co_await closed.until_waiting(1);
  dropped.cancel();
  co_await tasks.shutdown(jd::timeout{1h});
}

TEST(guarantees, S15_the_error_of_a_background_task_reaches_the_hook_once_with_its_name) {
  jd::runtime rt(jd::runtime_options{.workers = 2});
  std::atomic<int> reports{0};
  rt.on_unhandled([&](const jd::unhandled_error& e) {
    EXPECT_EQ(e.kind, jd::unhandled_error::source::background);
    EXPECT_EQ(e.task_name, "the one that fails");
    EXPECT_EQ(support::code_of(e.error), 15);
    ++reports;
  });
  rt.run(fail_in_the_background());
  EXPECT_EQ(reports, 1) << "once, and a cancelled task is no error";
}

TEST(guarantees, S15_without_a_hook_it_is_printed) {
  jd::runtime rt(jd::runtime_options{.workers = 2});
  testing::internal::CaptureStderr();
  rt.run(fail_in_the_background());
  const std::string report = testing::internal::GetCapturedStderr();
  EXPECT_NE(report.find("the one that fails"), std::string::npos) << report;
}

TEST(guarantees, S44_a_shutdown_passes_shields_in_the_end_and_lists_what_hangs) {
  jd::runtime rt(impatient());
  rt.on_unhandled([](const jd::unhandled_error&) {});
  gate closed;
  tracked::counter alive{0};
  const auto body = [&]() -> jd::task<> {
    jd::background_tasks tasks;
    tasks.spawn({.name = "the one that hangs"}, pass_shielded, std::ref(closed), tracked(alive));
    co_await closed.until_waiting(1);
  };
  testing::internal::CaptureStderr();
  rt.run(body());
  const std::string report = testing::internal::GetCapturedStderr();
  EXPECT_EQ(alive.load(), 0);
  const std::size_t root = report.find("background tasks of task #");
  const std::size_t task = report.find("the one that hangs waits for gate");
  EXPECT_NE(root, std::string::npos) << report;
  EXPECT_NE(task, std::string::npos) << report;
  EXPECT_LT(root, task) << "a task stands below its root";
}

TEST(guarantees, S44_what_ends_within_the_grace_is_not_reported) {
  jd::runtime_options options = impatient();
  options.grace = 1h;
  jd::runtime rt(options);
  rt.on_unhandled([](const jd::unhandled_error&) {});
  gate closed;
  tracked::counter alive{0};
  const auto body = [&]() -> jd::task<> {
    jd::background_tasks tasks;
    tasks.spawn(pass, std::ref(closed), tracked(alive));
    co_await closed.until_waiting(1);
  };
  testing::internal::CaptureStderr();
  rt.run(body());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(alive.load(), 0);
}

TEST(guarantees, S48_background_tasks_destroyed_by_an_exception_are_cancelled_reported_and_joined) {
  jd::runtime rt(jd::runtime_options{.workers = 2});
  std::atomic<int> reports{0};
  rt.on_unhandled([&](const jd::unhandled_error& e) {
    EXPECT_EQ(e.kind, jd::unhandled_error::source::background);
    const auto* error = support::as<std::logic_error>(e.error);
    ASSERT_NE(error, nullptr);
    EXPECT_NE(std::string(error->what()).find("shutdown()"), std::string::npos);
    ++reports;
  });
  gate closed;
  tracked::counter alive{0};
  const auto body = [&]() -> jd::task<> {
    jd::background_tasks tasks;
    for (int i = 0; i < 10; ++i) tasks.spawn(pass, std::ref(closed), tracked(alive));
    co_await closed.until_waiting(10);
    throw support::failure{48};
  };
  EXPECT_THROW(rt.run(body()), support::failure);
  EXPECT_EQ(alive.load(), 0) << "run() has waited for them";
  EXPECT_EQ(reports, 1);
}

TEST(guarantees, S48_background_tasks_that_have_ended_are_destroyed_without_a_report) {
  jd::runtime rt(jd::runtime_options{.workers = 2});
  std::atomic<int> reports{0};
  rt.on_unhandled([&](const jd::unhandled_error&) { ++reports; });
  gate open;
  open.open();
  tracked::counter alive{0};
  const auto body = [&]() -> jd::task<> {
    jd::background_tasks tasks;
    for (int i = 0; i < 10; ++i) tasks.spawn(pass, std::ref(open), tracked(alive));
    co_await tasks.shutdown(jd::timeout{1h});
    EXPECT_EQ(alive.load(), 0);
  };
  rt.run(body());
  EXPECT_EQ(reports, 0);
}

TEST(guarantees, S50_run_returns_after_the_cleanups_of_background_tasks) {
  jd::runtime rt(jd::runtime_options{.workers = 2});
  rt.on_unhandled([](const jd::unhandled_error&) {});
  gate closed;
  std::atomic<bool> cleaned{false};
  const auto work = [&]() -> jd::task<> {
    const auto cleanup = [&]() -> jd::task<> {
      co_await jd::sleep_for(5ms);
      cleaned = true;
    };
    co_await jd::with_cleanup(closed.pass(), cleanup);
  };
  const auto body = [&]() -> jd::task<> {
    jd::background_tasks tasks;
    tasks.spawn(work);
    co_await closed.until_waiting(1);
  };
  rt.run(body());
  EXPECT_TRUE(cleaned);
  EXPECT_EQ(rt.metrics().background, 0U);
}

TEST(guarantees, S50_a_submission_that_was_let_go_of_ends_with_its_runtime) {
  gate closed;
  tracked::counter alive{0};
  std::future<void> f;
  {
    jd::runtime rt(jd::runtime_options{.workers = 2});
    f = rt.submit(pass(closed, tracked(alive)));
    EXPECT_EQ(f.wait_for(0s), std::future_status::timeout);
  }
  EXPECT_EQ(alive.load(), 0);
  EXPECT_THROW(f.get(), jd::cancelled);
}

}  // namespace
