// SPDX-License-Identifier: MIT
// Signals as something to await.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include <jackdaw/io/signal_stream.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/timeout.hpp>

namespace jackdaw {
namespace {

using namespace std::chrono_literals;

/// Sends a signal to the process by way of a thread that does not block it. Raised there, because
/// the thread sanitizer runs a handler late in a thread that sleeps in a system call it does not
/// know, as a thread in run() does.
void send_signal(int signal) {
  std::thread([signal] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_UNBLOCK, &all, nullptr);
    ::raise(signal);
  }).join();
}

TEST(signal_stream, gives_each_signal_once_to_every_stream) {
  const auto body = []() -> task<> {
    signal_stream one{SIGUSR1, SIGUSR2};
    signal_stream two{SIGUSR1};
    send_signal(SIGUSR1);
    EXPECT_EQ(SIGUSR1, co_await one.next());
    EXPECT_EQ(SIGUSR1, co_await two.next());
    send_signal(SIGUSR2);
    EXPECT_EQ(SIGUSR2, co_await one.next());
    const auto none = co_await move_on_after(5ms, two.next());
    EXPECT_FALSE(none.has_value());
  };
  run(body());
}

TEST(signal_stream, wakes_a_task_that_waits) {
  const auto body = []() -> task<> {
    signal_stream stop{SIGUSR1};
    for (int i = 0; i < 50; ++i) {
      auto send = []() -> task<> {
        send_signal(SIGUSR1);
        co_return;
      };
      auto [signal, ignored] = co_await gather(stop.next(), send());
      EXPECT_EQ(SIGUSR1, signal);
    }
  };
  run(body());
}

TEST(signal_stream, gives_the_former_disposition_back) {
  ::signal(SIGUSR1, SIG_IGN);
  const auto body = []() -> task<> {
    const signal_stream inner{SIGUSR1};
    co_return;
  };
  run(body());
  struct sigaction now{};
  ::sigaction(SIGUSR1, nullptr, &now);
  EXPECT_EQ(SIG_IGN, now.sa_handler);
  ::signal(SIGUSR1, SIG_DFL);
}

TEST(signal_stream, refuses_what_cannot_be_caught) {
  const auto body = []() -> task<> {
    EXPECT_THROW(signal_stream{SIGKILL}, std::invalid_argument);
    EXPECT_THROW(signal_stream{0}, std::invalid_argument);
    co_return;
  };
  run(body());
}

}  // namespace
}  // namespace jackdaw
