// SPDX-License-Identifier: MIT
// S8 to S16: which errors reach whom.
#include <atomic>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/structured/task_group.hpp>
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using support::code_of;
using support::failure;
using support::gate;
using support::tracked;

jd::task<> fail_with(int code) {
  co_await jd::yield();
  throw failure{code};
}

jd::task<> note_reason(gate& g, std::vector<jd::cancel_reason>& seen) {
  try {
    co_await g.pass();
  } catch (const jd::cancelled& c) {
    seen.push_back(c.reason());
    throw;
  }
}

TEST(guarantees, S8_the_first_error_cancels_body_and_siblings_once) {
  support::run_with<1>([]() -> jd::task<> {
    gate closed;
    std::vector<jd::cancel_reason> seen;
    auto body = [&](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i < 2; ++i) group.spawn(note_reason, std::ref(closed), std::ref(seen));
      co_await closed.until_waiting(2);
      auto h = group.spawn(fail_with, 1);
      auto ended = [&h]() -> jd::task<> { co_await support::until([&h] { return h.done(); }); };
      co_await jd::shield(ended());
      EXPECT_FALSE(group.cancel("too late")) << "the error has made the one request";
      co_await note_reason(closed, seen);
    };
    const auto how = co_await jd::settle(jd::with_task_group(body));
    EXPECT_EQ(seen.size(), 3U);
    for (const auto& why : seen) EXPECT_EQ(why.kind(), jd::cancel_kind::sibling_error);
    EXPECT_TRUE(support::as<jd::exception_group>(how.error()) != nullptr);
  });
}

// Fails when it is told to, whatever happens around it.
jd::task<> fail_on_command(gate& g, int code) {
  co_await jd::shield(g.pass());
  throw failure{code};
}

TEST(guarantees, S9_every_error_is_kept_in_completion_order_with_child_and_name) {
  support::run_everywhere([]() -> jd::task<> {
    gate gates[3];
    auto body = [&gates](jd::task_group& group) -> jd::task<> {
      jd::join_handle<void> children[3];
      const char* const names[] = {"zero", "one", "two"};
      for (int i = 0; i < 3; ++i) {
        children[i] = group.spawn(jd::spawn_options{.name = names[i]}, fail_on_command,
                                  std::ref(gates[i]), 10 + i);
      }
      auto in_order = [&]() -> jd::task<> {
        // Who has not begun when a sibling fails, never runs (S22).
        for (const gate& g : gates) co_await support::until([&] { return g.waiting() == 1; });
        for (int i : {2, 0, 1}) {
          gates[i].open();
          co_await support::until([&] { return children[i].done(); });
        }
      };
      co_await jd::shield(in_order());
      throw failure{99};
    };
    const auto how = co_await jd::settle(jd::with_task_group(body));
    std::string text;
    if (const auto* group = support::as<jd::exception_group>(how.error()); group != nullptr) {
      for (const auto& leaf : group->leaves()) {
        text += std::to_string(code_of(leaf.error)) + leaf.name;
        if (leaf.child != jd::exception_group::body) text += std::to_string(leaf.child);
        text += ' ';
      }
    }
    EXPECT_EQ(text, "12two2 10zero0 11one1 99 ");
  });
}

TEST(guarantees, S9_one_error_is_a_group_too) {
  support::run([]() -> jd::task<> {
    auto by_body = [](jd::task_group&) -> jd::task<> { co_await fail_with(1); };
    auto by_child = [](jd::task_group& group) -> jd::task<> {
      group.spawn(fail_with, 1);
      co_return;
    };
    const auto of_body = co_await jd::settle(jd::with_task_group(by_body));
    const auto of_child = co_await jd::settle(jd::with_task_group(by_child));
    for (const auto& error : {of_body.error(), of_child.error()}) {
      const auto* group = support::as<jd::exception_group>(error);
      const std::size_t count = group != nullptr ? group->exceptions().size() : 0;
      EXPECT_EQ(count, 1U);
    }
  });
}

TEST(guarantees, S9_an_error_that_the_body_met_by_awaiting_its_child_is_one_leaf) {
  support::run_everywhere([]() -> jd::task<> {
    auto body = [](jd::task_group& group) -> jd::task<> {
      auto h = group.spawn(fail_with, 1);
      co_await support::until([&h] { return h.done(); });
      h.result();
    };
    auto shielded = [&body](jd::task_group& group) -> jd::task<> {
      co_await jd::shield(body(group));
    };
    const auto how = co_await jd::settle(jd::with_task_group(shielded));
    const auto* group = support::as<jd::exception_group>(how.error());
    const std::size_t count = group != nullptr ? group->exceptions().size() : 0;
    EXPECT_EQ(count, 1U);
  });
}

jd::task<> pass(gate& g) { co_await g.pass(); }
jd::task<> await_other(jd::join_handle<void>& other) { co_await other; }

TEST(guarantees, S10_a_cancelled_child_is_no_leaf) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    auto body = [&closed](jd::task_group& group) -> jd::task<> {
      for (int i = 0; i < 5; ++i) group.spawn(pass, std::ref(closed));
      co_await closed.until_waiting(5);
      group.spawn(fail_with, 1);
      co_await closed.pass();
    };
    const auto how = co_await jd::settle(jd::with_task_group(body));
    const auto* group = support::as<jd::exception_group>(how.error());
    const std::size_t count = group != nullptr ? group->exceptions().size() : 0;
    EXPECT_EQ(count, 1U);
    EXPECT_EQ(group != nullptr ? code_of(group->exceptions()[0]) : 0, 1);
  });
}

// A group in which one child, or the body, awaits another child that is cancelled on its own.
jd::task<> meet_a_foreign_cancel(gate& closed, bool in_body) {
  auto body = [&closed, in_body](jd::task_group& group) -> jd::task<> {
    auto victim = group.spawn(pass, std::ref(closed));
    jd::join_handle<void> waiting;
    if (!in_body)
      waiting = group.spawn(jd::spawn_options{.name = "waiting"}, await_other, std::ref(victim));
    co_await closed.until_waiting(1);
    victim.cancel("not needed");
    if (in_body) co_await victim;
    auto ended = [&]() -> jd::task<> { co_await support::until([&] { return waiting.done(); }); };
    co_await jd::shield(ended());
  };
  co_await jd::with_task_group(body);
}

TEST(guarantees, S10_a_cancel_that_was_meant_for_another_task_becomes_foreign_cancelled) {
  for (const bool in_body : {false, true}) {
    support::run_everywhere([in_body]() -> jd::task<> {
      gate closed;
      const auto how = co_await jd::settle(meet_a_foreign_cancel(closed, in_body));
      const auto* group = support::as<jd::exception_group>(how.error());
      EXPECT_TRUE(group != nullptr) << "in_body " << in_body;
      if (group == nullptr) co_return;
      EXPECT_EQ(group->exceptions().size(), 1U);
      const auto* foreign = support::as<jd::foreign_cancelled>(group->exceptions()[0]);
      EXPECT_TRUE(foreign != nullptr);
      if (!in_body) {
        EXPECT_EQ(group->leaves()[0].name, "waiting");
      }
    });
  }
}

TEST(guarantees, S10_foreign_cancelled_says_why_the_other_task_was_cancelled) {
  for (const bool in_body : {false, true}) {
    support::run_everywhere([in_body]() -> jd::task<> {
      gate closed;
      const auto how = co_await jd::settle(meet_a_foreign_cancel(closed, in_body));
      const auto* group = support::as<jd::exception_group>(how.error());
      const auto* foreign =
          group != nullptr ? support::as<jd::foreign_cancelled>(group->exceptions()[0]) : nullptr;
      EXPECT_EQ(foreign != nullptr ? foreign->reason().text() : "", "not needed")
          << "in_body " << in_body;
    });
  }
}

TEST(guarantees, S11_errors_beat_an_outer_cancel_which_stays_pending) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    bool pending = false;
    auto outer = [&](jd::cancel_scope& scope) -> jd::task<> {
      auto body = [&](jd::task_group& group) -> jd::task<> {
        group.spawn(fail_on_command, std::ref(closed), 4);
        co_await closed.until_waiting(1);
        scope.cancel("outer");
        closed.open();
        co_await jd::checkpoint();
      };
      const auto how = co_await jd::settle(jd::with_task_group(body));
      const auto* group = support::as<jd::exception_group>(how.error());
      EXPECT_TRUE(group != nullptr) << "the error of the child is lost";
      if (group != nullptr) {
        EXPECT_EQ(group->exceptions().size(), 1U);
      }
      try {
        co_await jd::checkpoint();
      } catch (const jd::cancelled& c) {
        pending = c.reason().text() == "outer";
        throw;
      }
    };
    co_await jd::with_cancel_scope(outer);
    EXPECT_TRUE(pending);
  });
}

jd::task<int> pass_then(gate& g, int value) {
  co_await g.pass();
  co_return value;
}

TEST(guarantees, S12_cancelling_one_child_by_its_handle_is_no_failure_of_the_group) {
  support::run_everywhere([]() -> jd::task<> {
    gate g;
    auto body = [&g](jd::task_group& group) -> jd::task<int> {
      auto victim = group.spawn(pass_then, std::ref(g), 1);
      auto other = group.spawn(pass_then, std::ref(g), 2);
      co_await g.until_waiting(2);
      EXPECT_TRUE(victim.cancel());
      co_await support::until([&] { return victim.done(); });
      EXPECT_FALSE(group.cancel_requested());
      g.open();
      const int value = co_await other;
      co_return value;
    };
    const int value = co_await jd::with_task_group(body);
    EXPECT_EQ(value, 2);
  });
}

jd::task<int> defy(gate& g, bool with_error) {
  try {
    co_await g.pass();
  } catch (const jd::cancelled&) {
    if (with_error) throw failure{6};
  }
  co_return 6;
}

TEST(guarantees, S13_a_cancelled_task_that_returns_or_throws_has_that_outcome) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    jd::join_handle<int> returning;
    jd::join_handle<int> throwing;
    auto body = [&](jd::task_group& group) -> jd::task<> {
      returning = group.spawn(defy, std::ref(closed), false);
      throwing = group.spawn(defy, std::ref(closed), true);
      co_await closed.until_waiting(2);
      group.cancel();
    };
    const auto how = co_await jd::settle(jd::with_task_group(body));
    EXPECT_TRUE(support::as<jd::exception_group>(how.error()) != nullptr);
    EXPECT_EQ(returning.result(), 6);
    EXPECT_THROW(throwing.result(), failure);
  });
}

jd::task<int> number(int n) {
  co_await jd::yield();
  co_return n;
}

TEST(guarantees, S14_gather_gives_results_in_the_order_of_its_arguments) {
  support::run_everywhere([]() -> jd::task<> {
    gate first;
    auto open_then = [](gate& g, int n) -> jd::task<int> {
      g.open();
      co_return n;
    };
    const auto [a, b] = co_await jd::gather(pass_then(first, 1), open_then(first, 2));
    EXPECT_EQ(a, 1);
    EXPECT_EQ(b, 2);
    std::vector<jd::task<int>> many;
    for (int i = 0; i < 100; ++i) many.push_back(number(i));
    const auto all = co_await jd::gather(std::move(many));
    EXPECT_EQ(all.size(), 100U);
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], static_cast<int>(i));
  });
}

jd::task<> hold(gate& g, tracked) { co_await g.pass(); }

TEST(guarantees, S14_gather_throws_the_first_error_after_the_rest_was_cancelled_and_joined) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    auto fail_when_parked = [](gate& g) -> jd::task<> {
      co_await g.until_waiting(2);
      throw failure{8};
    };
    const auto how =
        co_await jd::settle(jd::gather(hold(closed, tracked(alive)), hold(closed, tracked(alive)),
                                       fail_when_parked(closed), hold(closed, tracked(alive))));
    EXPECT_EQ(alive.load(), 0);
    EXPECT_EQ(code_of(how.error()), 8);
  });
}

TEST(guarantees, S14_later_errors_of_a_gather_go_to_the_hook_once_each) {
  jd::runtime rt(jd::runtime_options{.workers = 2});
  std::atomic<int> reported{0};
  std::atomic<int> sum{0};
  rt.on_unhandled([&](const jd::unhandled_error& e) {
    if (e.kind == jd::unhandled_error::source::gather_later) reported.fetch_add(1);
    sum.fetch_add(code_of(e.error));
  });
  support::run_in(rt, [&]() -> jd::task<> {
    gate closed;
    const auto how =
        co_await jd::settle(jd::gather(defy(closed, true), defy(closed, true), fail_with(1)));
    EXPECT_EQ(code_of(how.error()), 1);
  });
  EXPECT_EQ(reported.load(), 2);
  EXPECT_EQ(sum.load(), 12);
}

TEST(guarantees, S14_gather_settled_gives_one_slot_per_child) {
  support::run_everywhere([]() -> jd::task<> {
    const auto [value, error, none] =
        co_await jd::gather_settled(number(3), fail_with(2), jd::yield());
    EXPECT_TRUE(value.has_value());
    EXPECT_EQ(value.value(), 3);
    EXPECT_EQ(code_of(error.error()), 2);
    EXPECT_TRUE(none.has_value());
  });
}

static_assert(!std::is_convertible_v<jd::cancelled*, std::exception*>, "S16");

TEST(guarantees, S16_a_handler_for_errors_does_not_swallow_a_cancel) {
  support::run_everywhere([]() -> jd::task<> {
    bool swallowed = false;
    auto body = [&swallowed](jd::cancel_scope& scope) -> jd::task<> {
      scope.cancel();
      try {
        co_await jd::checkpoint();
      } catch (const std::exception&) {
        swallowed = true;
      }
      swallowed = true;
    };
    co_await jd::with_cancel_scope(body);
    EXPECT_FALSE(swallowed);
  });
}

TEST(guarantees, S16_where_a_cancel_is_swallowed_the_next_checkpoint_throws_it_again) {
  support::run_everywhere([]() -> jd::task<> {
    int caught = 0;
    auto body = [&caught](jd::cancel_scope& scope) -> jd::task<> {
      scope.cancel();
      for (int i = 0; i < 10; ++i) {
        try {
          co_await jd::yield();
        } catch (...) {
          ++caught;
        }
      }
    };
    co_await jd::with_cancel_scope(body);
    EXPECT_EQ(caught, 10);
  });
}

}  // namespace
