// SPDX-License-Identifier: MIT
// What one thread hands to another where no model checker looks: plain variables that nothing else
// orders. For the thread sanitizer, which reports a data race when an order is too weak.
#include <csignal>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/cancellation/cancelled.hpp>
#include <jackdaw/io/signal_stream.hpp>
#include <jackdaw/offload/from_thread.hpp>
#include <jackdaw/offload/to_thread.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/background_tasks.hpp>
#include <jackdaw/structured/exception_group.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/oneshot.hpp>
#include "support/errors.hpp"

namespace {

namespace jd = jackdaw;
using namespace std::chrono_literals;

constexpr int rounds = 20;

/// A flag that orders nothing.
class hint {
 public:
  void give() { given_.store(true, std::memory_order_relaxed); }
  void await() const {
    while (!given_.load(std::memory_order_relaxed)) std::this_thread::yield();
  }
  /// For what its giver does next, and nobody can look at without being ordered by it.
  void await_and_a_while() const {
    await();
    std::this_thread::sleep_for(1ms);
  }

 private:
  std::atomic<bool> given_{false};
};

/// The number orders nothing.
void await_being_the_last(const jd::task_group& group) {
  while (group.size() != 1) std::this_thread::yield();
}

template <class Body>
void on_two_workers(Body body) {
  jd::runtime two({.workers = 2});
  for (int i = 0; i != rounds; ++i) two.run(body());
}

TEST(handover, of_every_child_to_who_joins_their_group) {
  on_two_workers([]() -> jd::task<> {
    int written = 0;
    hint both_run;
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      group.spawn([&]() -> jd::task<> {
        both_run.await();
        written = 1;
        co_return;
      });
      group.spawn([&]() -> jd::task<> {
        both_run.give();
        await_being_the_last(group);
        co_return;
      });
      co_return;
    };
    co_await jd::with_task_group(body);
    EXPECT_EQ(written, 1);
  });
}

// The last one fails, and asks whether a handle was given out by those before it.
TEST(handover, of_the_handle_of_a_group_to_the_last_who_fails) {
  on_two_workers([]() -> jd::task<> {
    hint both_run;
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      group.spawn([&]() -> jd::task<> {
        both_run.await();
        (void)group.handle();
        co_return;
      });
      group.spawn([&]() -> jd::task<> {
        both_run.give();
        await_being_the_last(group);
        throw support::failure{1};
        co_return;
      });
      co_return;
    };
    try {
      co_await jd::with_task_group(body);
    } catch (const jd::exception_group& e) {
      EXPECT_EQ(e.leaves().size(), 1U);
    }
  });
}

TEST(handover, of_background_tasks_to_who_sees_that_none_is_left_and_ends_them) {
  on_two_workers([]() -> jd::task<> {
    int written = 0;
    jd::background_tasks tasks;
    tasks.spawn([&]() -> jd::task<> {
      written = 1;
      co_return;
    });
    while (tasks.size() != 0) std::this_thread::yield();
    EXPECT_EQ(written, 1);
    co_return;
  });
}

class group_of_errors {
 public:
  group_of_errors() {
    std::vector<jd::exception_group::leaf> leaves;
    for (std::size_t i = 0; i != 2000; ++i)
      leaves.push_back({std::make_exception_ptr(support::failure{1}), i, {}});
    group_.emplace(std::move(leaves));
  }
  [[nodiscard]] std::size_t length_of_text() const { return std::strlen(group_->what()); }

 private:
  std::optional<jd::exception_group> group_;
};

TEST(handover, of_the_text_of_errors) {
  for (int i = 0; i != rounds; ++i) {
    const group_of_errors errors;
    hint made;
    std::thread reader([&] {
      made.await();
      EXPECT_GT(errors.length_of_text(), 2000U);
    });
    EXPECT_GT(errors.length_of_text(), 2000U);
    made.give();
    reader.join();
  }
}

TEST(handover, of_the_text_of_errors_that_two_have_made_at_once) {
  for (int i = 0; i != rounds; ++i) {
    const group_of_errors errors;
    hint runs;
    std::thread other([&] {
      runs.give();
      EXPECT_GT(errors.length_of_text(), 2000U);
    });
    runs.await();
    EXPECT_GT(errors.length_of_text(), 2000U);
    other.join();
  }
}

TEST(handover, of_a_receiver_to_the_sender_that_grants_it) {
  on_two_workers([]() -> jd::task<> {
    jd::oneshot<int> value;
    hint waits;
    std::thread sender([&] {
      waits.await_and_a_while();
      value.send(7);
    });
    waits.give();
    EXPECT_EQ(co_await value.receive(), 7);
    sender.join();
  });
}

TEST(handover, of_a_task_to_the_function_that_runs_it) {
  on_two_workers([]() -> jd::task<> {
    co_await jd::to_thread([] {
      int written = 0;
      jd::from_thread::run([](int& w) -> jd::task<> {
        w = 1;
        co_return;
      }(written));
      EXPECT_EQ(written, 1);
    });
  });
}

TEST(handover, of_a_function_to_its_task_by_way_of_what_it_has_posted) {
  on_two_workers([]() -> jd::task<> {
    int written = 0;
    hint function_ends;
    co_await jd::to_thread([&] {
      jd::from_thread::post([&] { function_ends.await_and_a_while(); });
      written = 1;
      function_ends.give();
    });
    EXPECT_EQ(written, 1);
  });
}

/// Sends a function away and abandons it while it runs.
template <class Call>
jd::task<> abandon(const hint& runs, Call call) {
  const auto body = [&](jd::task_group& group) -> jd::task<> {
    group.spawn([&]() -> jd::task<> { co_await jd::to_thread(jd::on_cancel::abandon, call); });
    runs.await();
    group.cancel();
    co_return;
  };
  co_await jd::with_task_group(body);
}

// Outlives the runtime: a count of who uses it would order too much.
struct abandoned_call {
  hint runs, is_abandoned, has_seen_it;
};

// The reason, which the canceller has written.
TEST(handover, of_a_cancel_to_the_function_that_it_abandons) {
  std::array<abandoned_call, rounds> calls;
  on_two_workers([next = calls.data()]() mutable -> jd::task<> {
    abandoned_call& its = *next++;
    const auto call = [&its] {
      its.runs.give();
      while (!jd::from_thread::cancel_requested()) std::this_thread::yield();
      EXPECT_THROW(jd::from_thread::check_cancelled(), jd::cancelled);
      its.has_seen_it.give();
    };
    co_await abandon(its.runs, call);
    its.has_seen_it.await();
  });
}

// The job, which the function's end frees.
TEST(handover, of_an_abandoned_job_to_its_function) {
  std::array<abandoned_call, rounds> calls;
  on_two_workers([next = calls.data()]() mutable -> jd::task<> {
    abandoned_call& its = *next++;
    const auto call = [&its] {
      its.runs.give();
      its.is_abandoned.await();
    };
    co_await abandon(its.runs, call);
    its.is_abandoned.give();
  });
}

TEST(handover, of_who_sends_a_signal_to_who_awaits_it) {
  on_two_workers([]() -> jd::task<> {
    jd::signal_stream stream{SIGUSR1};
    int written = 0;
    hint sent;
    std::thread sender([&] {
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_UNBLOCK, &all, nullptr);
      written = 1;
      ::raise(SIGUSR1);
      sent.give();
    });
    sent.await();
    EXPECT_EQ(co_await stream.next(), SIGUSR1);
    EXPECT_EQ(written, 1);
    sender.join();
  });
}

}  // namespace
