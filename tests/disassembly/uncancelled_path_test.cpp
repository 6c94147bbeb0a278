// SPDX-License-Identifier: MIT
// S47: the atomic read-modify-writes of the path that nobody cancels, counted where they are
// executed.
//
// The bounds are what the guarantee says. Where the code needs more, because it does more than the
// guarantee's bare operation (the lock of a list, say), the number is written as a sum.
#include <tuple>

#include <gtest/gtest.h>

#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/run_on.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/yield.hpp>

#include "hand_cranked.hpp"
#include "locked_instructions.hpp"

namespace {

namespace jd = jackdaw;
using disassembly::locked_instructions;
using disassembly::sites;

constexpr std::size_t lock_pair = 2;

class S47 : public ::testing::Test {
 protected:
  /// Runs `body()` on this thread. What it has begun to count and not ended is counted until it
  /// gives the thread back, and put into `until_return`.
  template <class Body>
  void run(Body body) {
    const auto all = [&]() -> jd::task<> {
      co_await jd::run_on(cranked_, body());
      cranked_.stop();
    };
    jd::runtime rt{jd::runtime_options{.workers = 1}};
    auto running = rt.submit(all());
    cranked_.turn([&] {
      if (!counting_) return;
      counting_ = false;
      until_return = locked_instructions::end();
    });
    running.get();
  }
  void begin_until_return() {
    counting_ = true;
    locked_instructions::begin();
  }

  locked_instructions counter_;
  disassembly::hand_cranked cranked_;
  sites until_return;

 private:
  bool counting_ = false;
};

#define EXPECT_AT_MOST(counted, most) \
  EXPECT_LE((counted).size(), most) << disassembly::to_string(counted)

jd::task<int> one() { co_return 1; }
jd::task<> nothing() { co_return; }

TEST_F(S47, S47_the_counter_sees_locked_instructions_and_exchanges) {
  std::atomic<int> a{0};
  locked_instructions::begin();
  a.fetch_add(1, std::memory_order_relaxed);
  (void)a.exchange(2, std::memory_order_relaxed);
  a.store(3, std::memory_order_seq_cst);
  a.store(4, std::memory_order_release);
  const sites seen = locked_instructions::end();
  EXPECT_EQ(seen.size(), 3U) << disassembly::to_string(seen);
}

TEST_F(S47, S47_a_checkpoint_and_awaits_that_are_ready_have_none) {
  sites checkpoint;
  sites awaited;
  sites set_event;
  run([&]() -> jd::task<> {
    jd::event set;
    set.set();
    co_await jd::checkpoint();  // the scope has its answer
    (void)co_await one();       // the frame allocator has met the size
    locked_instructions::begin();
    co_await jd::checkpoint();
    checkpoint = locked_instructions::end();
    locked_instructions::begin();
    (void)co_await one();
    awaited = locked_instructions::end();
    locked_instructions::begin();
    co_await set.wait();
    set_event = locked_instructions::end();
  });
  EXPECT_AT_MOST(checkpoint, 0U);
  EXPECT_AT_MOST(awaited, 0U);
  EXPECT_AT_MOST(set_event, 0U);
}

// On a worker, whose forks nobody steals: there is no other worker.
jd::task<int> gather_and_count(sites& counted) {
  (void)co_await jd::gather(one(), one());
  locked_instructions::begin();
  (void)co_await jd::gather(one(), one());
  counted = locked_instructions::end();
  co_return 1;
}

jd::task<int> gather_below(int others, sites& counted) {
  if (others == 0) {
    const int first = co_await gather_and_count(counted);
    co_return first;
  }
  const auto both = co_await jd::gather(gather_below(others - 1, counted), one());
  co_return std::get<0>(both);
}

TEST_F(S47, S47_a_gather_of_which_nothing_is_stolen) {
  sites alone;
  sites below_one;
  sites below_two;
  jd::runtime rt{jd::runtime_options{.workers = 1}};
  (void)rt.run(gather_below(0, alone));
  (void)rt.run(gather_below(1, below_one));
  (void)rt.run(gather_below(2, below_two));
  // A thief may take a worker's oldest offer, and raid the next: these two are taken back by an
  // exchange. All the others by loads and stores.
  EXPECT_AT_MOST(alone, 1U);
  EXPECT_AT_MOST(below_one, 1U);
  EXPECT_AT_MOST(below_two, 0U);
}

TEST_F(S47, S47_spawn_end_of_a_child_and_drop_of_a_handle) {
  sites spawned;
  sites dropped;
  run([&]() -> jd::task<> {
    const auto child = [&]() -> jd::task<> {
      begin_until_return();
      co_return;
    };
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      {
        auto warm_up = group.spawn(nothing);
        co_await jd::yield();
      }
      locked_instructions::begin();
      auto h = group.spawn(child);
      spawned = locked_instructions::end();
      co_await jd::yield();
      const bool ended = h.done();
      EXPECT_TRUE(ended);
      locked_instructions::begin();
      {
        auto gone = std::move(h);
      }
      dropped = locked_instructions::end();
    };
    co_await jd::with_task_group(body);
  });
  EXPECT_AT_MOST(spawned, 1U);
  EXPECT_AT_MOST(until_return, 2U);
  EXPECT_AT_MOST(dropped, 1U);
}

// What a task waits for that nobody else knows of: the waiter is handed over by a plain store.
class turnstile {
 public:
  class awaiter final : public jd::waiter {
   public:
    awaiter(turnstile& t, jd::task_context& me) noexcept
        : waiter(me, unlink, "turnstile"), turnstile_(&t) {}
    bool await_ready() noexcept { return stop_requested(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return jd::park_published(*this, h, [this] {
        turnstile_->waiting = this;
        return true;
      });
    }
    void await_resume() const { throw_if_cancelled(); }

   private:
    static bool unlink(waiter&) noexcept { return false; }
    turnstile* turnstile_;
  };
  awaiter bind(jd::task_context& t) noexcept { return awaiter(*this, t); }

  jd::waiter* waiting = nullptr;
};

TEST_F(S47, S47_a_park_and_a_wake_up) {
  sites parked_on_event;
  sites set;
  sites parked_published;
  sites granted;
  run([&]() -> jd::task<> {
    jd::event first;
    jd::event e;
    turnstile t;
    const auto waiting = [&]() -> jd::task<> {
      co_await first.wait();  // from now on the task is known to its scope
      begin_until_return();
      co_await e.wait();
      begin_until_return();
      co_await t;
    };
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(waiting);
      co_await jd::yield();  // it waits for `first`
      first.set();
      while (until_return.empty()) co_await jd::yield();
      parked_on_event = std::exchange(until_return, {});
      locked_instructions::begin();
      e.set();
      set = locked_instructions::end();
      while (t.waiting == nullptr) co_await jd::yield();
      parked_published = until_return;
      locked_instructions::begin();
      jd::grant(*t.waiting);
      granted = locked_instructions::end();
    };
    co_await jd::with_task_group(body);
  });
  // The park, the lock of the event's list, and the event's note that somebody waits.
  EXPECT_AT_MOST(parked_on_event, 1 + lock_pair + 1);
  // Who hands its waiter over without a lock claims itself first, and lets go afterwards.
  EXPECT_AT_MOST(parked_published, 2U);
  EXPECT_AT_MOST(granted, 1U);
  // The event's state, the lock of its list, and the wake-up.
  EXPECT_AT_MOST(set, 1 + lock_pair + 1);
}

}  // namespace
