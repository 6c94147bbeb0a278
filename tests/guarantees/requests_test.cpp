// SPDX-License-Identifier: MIT
// S22 to S27: requests against beginnings and ends, who may make them, and what they say.
#include <atomic>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/race.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include "support/build.hpp"
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using support::gate;
using support::tracked;

using namespace std::chrono_literals;

jd::task<> pass(gate& g) { co_await g.pass(); }
jd::task<int> plain_call() { co_return 1; }

jd::task<> enter(bool& entered, tracked) {
  entered = true;
  co_return;
}

TEST(guarantees, S22_a_task_that_is_cancelled_before_its_first_step_is_not_entered) {
  support::run_with<1>([]() -> jd::task<> {
    bool entered = false;
    tracked::counter alive{0};
    jd::join_handle<void> h;
    auto body = [&](jd::task_group& group) -> jd::task<> {
      h = group.spawn(enter, std::ref(entered), tracked(alive));
      EXPECT_TRUE(h.cancel("early"));  // the one worker has not begun it
      co_return;
    };
    co_await jd::with_task_group(body);
    EXPECT_FALSE(entered);
    EXPECT_EQ(alive.load(), 0);
    const auto how = co_await jd::settle(h);
    EXPECT_TRUE(how.cancelled());
    EXPECT_EQ(support::reason_of(how).text(), "early");
  });
}

TEST(guarantees, S22_tasks_of_a_gather_that_have_not_begun_when_it_fails_are_not_entered) {
  support::run_with<1>([]() -> jd::task<> {
    bool entered = false;
    tracked::counter alive{0};
    auto fail = []() -> jd::task<> {
      throw support::failure{1};
      co_return;
    };
    const auto how = co_await jd::settle(jd::gather(fail(), enter(entered, tracked(alive))));
    EXPECT_EQ(support::code_of(how.error()), 1);
    EXPECT_FALSE(entered);
    EXPECT_EQ(alive.load(), 0);
  });
}

jd::task<> open_it(gate& g) {
  g.open();
  co_return;
}
jd::task<int> pass_for(gate& g) {
  co_await g.pass();
  co_return 1;
}

TEST(guarantees, S23_a_cancel_that_races_the_end_has_one_winner_and_both_sides_agree) {
  support::run_with<4>([]() -> jd::task<> {
    for (std::size_t round = 0; round < support::scaled(5000, 10); ++round) {
      gate g;
      auto body = [&g](jd::task_group& group) -> jd::task<> {
        auto h = group.spawn(pass_for, std::ref(g));
        auto opener = group.spawn(open_it, std::ref(g));
        const bool requested = h.cancel();
        const auto how = co_await jd::settle(h);
        const bool by_value = how.has_value();
        EXPECT_TRUE(by_value || how.cancelled());
        EXPECT_TRUE(requested || by_value) << "cancelled, but nobody has asked";
        co_await opener;
      };
      co_await jd::with_task_group(body);
    }
  });
}

TEST(guarantees, S24_cancel_of_what_has_ended_returns_false) {
  jd::cancel_handle scope_handle = support::run([]() -> jd::task<jd::cancel_handle> {
    auto body = [](jd::cancel_scope& scope) -> jd::task<jd::cancel_handle> {
      co_return scope.handle();
    };
    co_return co_await jd::with_cancel_scope(body);
  });
  EXPECT_FALSE(scope_handle.cancel());
  jd::join_handle<int> h;
  support::run([&h]() -> jd::task<> {
    auto body = [&h](jd::task_group& group) -> jd::task<> {
      h = group.spawn(plain_call);
      co_await h;
      EXPECT_FALSE(h.cancel());
    };
    co_await jd::with_task_group(body);
  });
  EXPECT_FALSE(h.cancel()) << "its group is gone";
  EXPECT_EQ(h.result(), 1);
  auto submitted = support::shared_runtime<2>().submit(plain_call());
  EXPECT_TRUE(submitted.wait_for(support::hanging));
  EXPECT_FALSE(submitted.cancel());
  EXPECT_EQ(submitted.get(), 1);
}

struct cancels_when_destroyed {
  jd::task_group* group;
  explicit cancels_when_destroyed(jd::task_group* g) noexcept : group(g) {}
  cancels_when_destroyed(cancels_when_destroyed&& other) noexcept
      : group(std::exchange(other.group, nullptr)) {}
  cancels_when_destroyed(const cancels_when_destroyed&) = delete;
  cancels_when_destroyed& operator=(const cancels_when_destroyed&) = delete;
  ~cancels_when_destroyed() {
    if (group != nullptr) group->cancel();
  }
};
jd::task<> end_with(cancels_when_destroyed) { co_return; }
jd::task<> cancel_from_child(jd::task_group& group) {
  group.cancel();
  co_return;
}

// Whoever cancels, the five children that wait are unwound, and the group ends well.
jd::task<> cancelled_by(int who) {
  gate closed;
  auto body = [&closed, who](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i < 5; ++i) group.spawn(pass, std::ref(closed));
    co_await closed.until_waiting(5);
    if (who == 0) group.cancel();
    if (who == 1) group.spawn(cancel_from_child, std::ref(group));
    if (who == 2) group.spawn(end_with, cancels_when_destroyed(&group));
    if (who == 3) std::thread([&group] { group.cancel(); }).join();
    if (who == 4) co_await jd::with_deadline(jd::clock::now() + 1ms, closed.pass());
    const auto next = co_await jd::settle(closed.pass());
    EXPECT_TRUE(next.cancelled()) << "cancelled by " << who;
  };
  co_await jd::with_task_group(body);
}

TEST(guarantees, S25_self_child_destructor_and_foreign_thread_cancel_alike) {
  support::run_everywhere([]() -> jd::task<> {
    for (int who : {0, 1, 2, 3}) co_await cancelled_by(who);
  });
}

TEST(guarantees, S25_a_timer_cancels_like_everybody_else) {
  support::run_everywhere([]() -> jd::task<> {
    const auto how = co_await jd::settle(cancelled_by(4));
    const auto* group = support::as<jd::exception_group>(how.error());
    const bool timed_out = group != nullptr && group->contains<jd::timeout_error>();
    EXPECT_TRUE(timed_out);
    EXPECT_EQ(group != nullptr ? group->exceptions().size() : 0U, 1U);
  });
}

TEST(guarantees, S26_of_two_nested_requests_the_task_unwinds_once_to_the_outer_scope) {
  support::run_everywhere([]() -> jd::task<> {
    for (const bool inner_first : {false, true}) {
      bool after_inner = false;
      bool after_outer = false;
      int unwound = 0;
      bool inner_requested = false;
      auto outer = [&](jd::cancel_scope& out) -> jd::task<> {
        auto inner = [&](jd::cancel_scope& in) -> jd::task<> {
          if (inner_first) in.cancel();
          out.cancel();
          in.cancel();
          inner_requested = in.cancel_requested();
          try {
            co_await jd::checkpoint();
          } catch (const jd::cancelled&) {
            ++unwound;
            throw;
          }
        };
        co_await jd::with_cancel_scope(inner);
        after_inner = true;
      };
      co_await jd::with_cancel_scope(outer);
      after_outer = true;
      EXPECT_EQ(unwound, 1);
      EXPECT_TRUE(inner_requested);
      EXPECT_FALSE(after_inner);
      EXPECT_TRUE(after_outer);
    }
  });
}

jd::task<> keep_reason(gate& g, jd::cancel_reason& why) {
  try {
    co_await g.pass();
  } catch (const jd::cancelled& c) {
    why = c.reason();
    throw;
  }
}

TEST(guarantees, S27_kind_and_text_of_the_reason_reach_the_handler) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    jd::cancel_reason why;
    auto timed = [&](jd::timeout_scope& t) -> jd::task<> {
      EXPECT_TRUE(t.reschedule(jd::clock::now()));
      co_await keep_reason(closed, why);
    };
    co_await jd::settle(jd::with_timeout(1h, timed));
    EXPECT_EQ(why.kind(), jd::cancel_kind::deadline);
    co_await jd::race(keep_reason(closed, why), closed.until_waiting(1));
    EXPECT_EQ(why.kind(), jd::cancel_kind::race_lost);
    auto body = [&](jd::cancel_scope& scope) -> jd::task<> {
      scope.cancel("enough of it");
      co_await keep_reason(closed, why);
    };
    co_await jd::with_cancel_scope(body);
    EXPECT_EQ(why.kind(), jd::cancel_kind::explicit_request);
    EXPECT_EQ(why.text(), "enough of it");
  });
}

TEST(guarantees, S27_a_literal_is_kept_whole_and_a_dynamic_text_is_copied_and_cut) {
  support::run([]() -> jd::task<> {
    gate closed;
    jd::cancel_reason why;
    std::string text(100, 'x');
    auto dynamic = [&](jd::cancel_scope& scope) -> jd::task<> {
      scope.cancel(text);
      text.assign(100, 'y');
      co_await keep_reason(closed, why);
    };
    co_await jd::with_cancel_scope(dynamic);
    EXPECT_EQ(why.text(), std::string(63, 'x'));
    auto literal = [&](jd::cancel_scope& scope) -> jd::task<> {
      scope.cancel("a literal text that is much longer than the sixty-three bytes of a copy");
      co_await keep_reason(closed, why);
    };
    co_await jd::with_cancel_scope(literal);
    EXPECT_EQ(why.text(),
              "a literal text that is much longer than the sixty-three bytes of a copy");
  });
}

TEST(guarantees, S27_the_reason_names_the_task_that_asked) {
  support::run([]() -> jd::task<> {
    gate closed;
    jd::cancel_reason why;
    jd::task_context& me = co_await jd::base::this_context();
    const std::uint64_t my_id = me.id();
    auto body = [&](jd::cancel_scope& scope) -> jd::task<> {
      scope.cancel();
      co_await keep_reason(closed, why);
    };
    co_await jd::with_cancel_scope(body);
    EXPECT_EQ(why.origin(), my_id);
  });
}

}  // namespace
