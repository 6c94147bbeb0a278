// SPDX-License-Identifier: MIT
// S17 to S21: how a request reaches the tasks that it is meant for, and nobody else.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/time/sleep.hpp>
#include "support/build.hpp"
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;
using support::gate;

using namespace std::chrono_literals;

jd::task<> pass(gate& g) { co_await g.pass(); }

// True on the thread that is inside of a call of cancel().
thread_local bool in_cancel = false;

// Sees on whose stack it is destroyed.
struct stack_witness {
  std::atomic<int>* intruders;
  ~stack_witness() {
    if (in_cancel) intruders->fetch_add(1);
  }
};
jd::task<> unwind_with_witness(gate& g, std::atomic<int>& intruders) {
  const stack_witness witness{&intruders};
  co_await g.pass();
}

template <class Target>
bool watched_cancel(Target& target) {
  in_cancel = true;
  const bool first = target.cancel();
  in_cancel = false;
  return first;
}

TEST(guarantees, S17_cancel_runs_no_user_code_on_the_stack_of_its_caller) {
  support::run_everywhere([]() -> jd::task<> {
    for (const bool foreign : {false, true}) {
      gate closed;
      std::atomic<int> intruders{0};
      auto body = [&](jd::task_group& group) -> jd::task<> {
        for (int i = 0; i < 200; ++i)
          group.spawn(unwind_with_witness, std::ref(closed), std::ref(intruders));
        co_await closed.until_waiting(200);
        if (foreign) {
          std::thread([&group] { watched_cancel(group); }).join();
        } else {
          watched_cancel(group);
        }
      };
      co_await jd::with_task_group(body);
      EXPECT_EQ(intruders.load(), 0);
    }
  });
}

TEST(guarantees, S17_cancel_is_idempotent_and_the_first_reason_wins) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    jd::join_handle<void> h;
    auto body = [&](jd::task_group& group) -> jd::task<> {
      h = group.spawn(pass, std::ref(closed));
      co_await closed.until_waiting(1);
      EXPECT_TRUE(group.cancel("first"));
      EXPECT_FALSE(group.cancel("second"));
      EXPECT_FALSE(group.cancel("third"));
    };
    co_await jd::with_task_group(body);
    const auto how = co_await jd::settle(h);
    EXPECT_EQ(support::reason_of(how).text(), "first");
  });
}

TEST(guarantees, S17_of_many_threads_that_cancel_exactly_one_is_the_first) {
  for (std::size_t round = 0; round < support::scaled(500, 10); ++round) {
    gate closed;
    auto submitted = support::shared_runtime<2>().submit(pass(closed));
    std::atomic<int> firsts{0};
    const auto request = [&] { firsts.fetch_add(submitted.cancel() ? 1 : 0); };
    std::thread a(request);
    std::thread b(request);
    a.join();
    b.join();
    EXPECT_EQ(firsts.load(), 1);
    EXPECT_THROW(submitted.get(), jd::cancelled);
  }
}

jd::task<int> plain_call() { co_return 1; }

// A scope that is cancelled, and in which `steps` run. True: no step was a checkpoint.
template <class Steps>
jd::task<bool> ran_through(Steps steps) {
  bool done = false;
  auto body = [&](jd::cancel_scope& scope) -> jd::task<> {
    scope.cancel();
    co_await steps(done);
  };
  co_await jd::with_cancel_scope(body);
  co_return done;
}

TEST(guarantees, S18_calls_spawns_joins_gathers_and_scopes_are_no_checkpoints) {
  support::run_everywhere([]() -> jd::task<> {
    auto steps = [](bool& done) -> jd::task<> {
      EXPECT_EQ(co_await plain_call(), 1);
      auto group = [](jd::task_group& g) -> jd::task<> {
        g.spawn(plain_call);
        co_return;
      };
      co_await jd::with_task_group(group);
      auto inner = [](jd::cancel_scope&) -> jd::task<> { co_return; };
      co_await jd::with_cancel_scope(inner);
      co_await jd::shield(jd::yield());
      const auto how = co_await jd::settle(jd::yield());
      EXPECT_TRUE(how.cancelled());
      done = true;
    };
    const bool through = co_await ran_through(steps);
    EXPECT_TRUE(through);
  });
}

TEST(guarantees, S18_every_cancellable_operation_is_a_checkpoint_at_its_entry) {
  support::run_everywhere([]() -> jd::task<> {
    gate open;
    open.open();
    int entries = 0;
    auto body = [&](jd::task_group& group) -> jd::task<> {
      auto done = group.spawn(plain_call);
      co_await done;
      group.cancel();
      const auto slept = co_await jd::settle(jd::sleep_for(-1s));
      const auto passed = co_await jd::settle(open.pass());
      const auto awaited = co_await jd::settle(done);
      const auto yielded = co_await jd::settle(jd::yield());
      const auto checked = co_await jd::settle(jd::checkpoint());
      for (const bool c : {slept.cancelled(), passed.cancelled(), awaited.cancelled(),
                           yielded.cancelled(), checked.cancelled()}) {
        entries += c ? 1 : 0;
      }
    };
    co_await jd::with_task_group(body);
    EXPECT_EQ(entries, 5);
  });
}

jd::task<> pass_and_check(gate& g, bool& passed, bool& stopped) {
  co_await g.pass();
  passed = true;
  const auto next = co_await jd::settle(jd::checkpoint());
  stopped = next.cancelled();
}

TEST(guarantees, S19_who_was_granted_before_the_cancel_returns_and_stops_at_the_next_checkpoint) {
  support::run_with<1>([]() -> jd::task<> {
    gate g;
    bool passed = false;
    bool stopped = false;
    auto body = [&](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(pass_and_check, std::ref(g), std::ref(passed), std::ref(stopped));
      co_await g.until_waiting(1);
      g.admit_one();  // decides; the one worker is ours until the next await
      EXPECT_TRUE(h.cancel());
    };
    co_await jd::with_task_group(body);
    EXPECT_TRUE(passed);
    EXPECT_TRUE(stopped);
  });
}

TEST(guarantees, S19_who_was_cancelled_has_not_taken_the_turn) {
  support::run_with<1>([]() -> jd::task<> {
    gate g;
    bool passed = false;
    bool stopped = false;
    auto body = [&](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(pass_and_check, std::ref(g), std::ref(passed), std::ref(stopped));
      co_await g.until_waiting(1);
      EXPECT_TRUE(h.cancel());
      g.admit_one();
    };
    co_await jd::with_task_group(body);
    EXPECT_FALSE(passed);
    EXPECT_EQ(g.turns_left(), 1U);
  });
}

TEST(guarantees, S20_every_checkpoint_of_a_cancelled_scope_throws_and_none_outside) {
  support::run_everywhere([]() -> jd::task<> {
    int thrown = 0;
    auto body = [&thrown](jd::cancel_scope& scope) -> jd::task<> {
      scope.cancel();
      for (int i = 0; i < 5; ++i) {
        const auto how = co_await jd::settle(jd::checkpoint());
        thrown += how.cancelled() ? 1 : 0;
      }
    };
    co_await jd::with_cancel_scope(body);
    EXPECT_EQ(thrown, 5);
    co_await jd::checkpoint();
    co_await jd::yield();
  });
}

TEST(guarantees, S20_uncancel_takes_back_the_request_of_this_scope_only) {
  support::run_everywhere([]() -> jd::task<> {
    bool outer_still = false;
    auto outer = [&outer_still](jd::cancel_scope& out) -> jd::task<> {
      auto inner = [&](jd::cancel_scope& scope) -> jd::task<> {
        EXPECT_FALSE(scope.uncancel());
        scope.cancel();
        const auto before = co_await jd::settle(jd::checkpoint());
        EXPECT_TRUE(before.cancelled());
        EXPECT_TRUE(scope.uncancel());
        co_await jd::checkpoint();
        EXPECT_FALSE(scope.cancel_requested());
        EXPECT_TRUE(scope.cancel("again"));
        EXPECT_TRUE(scope.uncancel());
        out.cancel();
        EXPECT_FALSE(scope.uncancel());
        const auto after = co_await jd::settle(jd::checkpoint());
        outer_still = after.cancelled();
      };
      co_await jd::with_cancel_scope(inner);
    };
    co_await jd::with_cancel_scope(outer);
    EXPECT_TRUE(outer_still);
  });
}

TEST(guarantees, S21_a_cancel_that_happened_before_a_checkpoint_is_seen_by_it) {
  support::run_with<4>([]() -> jd::task<> {
    for (std::size_t round = 0; round < support::scaled(2000, 10); ++round) {
      bool seen = false;
      auto body = [&seen](jd::cancel_scope& scope) -> jd::task<> {
        co_await jd::checkpoint();  // leaves a fresh memo that says no
        std::atomic<bool> requested{false};
        std::thread canceller([&] {
          scope.cancel();
          requested.store(true, std::memory_order_release);
        });
        while (!requested.load(std::memory_order_acquire)) {
        }
        const auto how = co_await jd::settle(jd::checkpoint());
        seen = how.cancelled();
        canceller.join();
      };
      co_await jd::with_cancel_scope(body);
      EXPECT_TRUE(seen);
      if (!seen) co_return;
    }
  });
}

}  // namespace
