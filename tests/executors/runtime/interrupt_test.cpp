// SPDX-License-Identifier: MIT
// Tests of what SIGINT does to a run: as with asyncio.run, the first cancels the task, the second
// ends the process.
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <jackdaw/io/signal_stream.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/this_task.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

namespace {

namespace jd = jackdaw;
using namespace std::chrono_literals;

/// Whoever started the tests in the background may have it ignored.
[[maybe_unused]] const auto inherited = std::signal(SIGINT, SIG_DFL);

jd::runtime_options interruptible() {
  jd::runtime_options options;
  options.workers = 2;
  options.handle_interrupt = true;
  return options;
}

/// By way of a thread that does not block it; raised there, because the thread sanitizer runs a
/// handler late in a thread that sleeps in a system call that it does not know.
void send_interrupt() {
  std::thread([] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_UNBLOCK, &all, nullptr);
    ::raise(SIGINT);
  }).join();
}

auto disposition() {
  struct sigaction now{};
  ::sigaction(SIGINT, nullptr, &now);
  return now.sa_handler;
}

jd::task<> interrupt_and_sleep() {
  send_interrupt();
  co_await jd::sleep_for(1h);
}

TEST(interrupt, the_first_one_cancels_the_task_of_the_run) {
  jd::runtime rt(interruptible());
  EXPECT_THROW(rt.run(interrupt_and_sleep()), jd::interrupted);
  EXPECT_EQ(disposition(), SIG_DFL) << "restored";
  EXPECT_THROW(rt.run(interrupt_and_sleep()), jd::interrupted) << "and the next run has it again";
}

TEST(interrupt, is_the_default_of_run_alone) {
  EXPECT_THROW(jd::run(interrupt_and_sleep()), jd::interrupted);
  jd::runtime rt(jd::runtime_options{.workers = 1});
  const auto ask = []() -> jd::task<bool> { co_return disposition() == SIG_DFL; };
  EXPECT_TRUE(rt.run(ask()));
}

TEST(interrupt, a_task_that_ends_with_a_value_all_the_same_gives_it) {
  jd::runtime rt(interruptible());
  const auto body = []() -> jd::task<int> {
    const auto how = co_await jd::settle(interrupt_and_sleep());
    co_return how.cancelled() ? 5 : 0;
  };
  EXPECT_EQ(rt.run(body()), 5);
}

std::atomic<int> handled{0};

TEST(interrupt, a_handler_of_the_program_comes_first) {
  handled = 0;
  std::signal(SIGINT, [](int) { ++handled; });
  jd::runtime rt(interruptible());
  const auto body = []() -> jd::task<bool> {
    send_interrupt();
    co_return co_await jd::this_task::cancel_requested();
  };
  EXPECT_FALSE(rt.run(body()));
  EXPECT_EQ(handled, 1);
  EXPECT_NE(disposition(), SIG_DFL) << "and is left in place";
  std::signal(SIGINT, SIG_DFL);
}

TEST(interrupt, a_signal_stream_comes_first) {
  jd::runtime rt(interruptible());
  const auto body = []() -> jd::task<int> {
    jd::signal_stream interrupts{SIGINT};
    send_interrupt();
    const int signal = co_await interrupts.next();
    co_await jd::checkpoint();
    co_return signal;
  };
  EXPECT_EQ(rt.run(body()), SIGINT);
  EXPECT_EQ(disposition(), SIG_DFL);
}

jd::task<> interrupt_twice() {
  send_interrupt();
  bool asked = false;
  while (!asked) {
    co_await jd::shield(jd::yield());
    asked = co_await jd::this_task::cancel_requested();
  }
  send_interrupt();
  co_await jd::shield(jd::sleep_for(1h));
}

TEST(interrupt, the_second_one_ends_the_process) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(jd::run(interrupt_twice()), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
