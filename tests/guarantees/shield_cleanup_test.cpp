// SPDX-License-Identifier: MIT
// S41 to S44: what requests do not reach, and cleanup that always runs.
#include <string>

#include <gtest/gtest.h>

#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/cleanup.hpp>
#include <jackdaw/structured/root_task.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;
using support::as;
using support::code_of;
using support::failure;
using support::gate;

using namespace std::chrono_literals;

TEST(guarantees, S41_a_shield_stops_requests_of_ancestors_while_parked_and_before) {
  support::run_everywhere([]() -> jd::task<> {
    gate early;
    gate late;
    bool through = false;
    auto shielded = [&]() -> jd::task<> {
      co_await early.pass();
      co_await jd::checkpoint();
      co_await late.pass();
      through = true;
    };
    auto child = [&]() -> jd::task<> { co_await jd::shield(shielded()); };
    auto body = [&](jd::task_group& group) -> jd::task<> {
      group.spawn(child);
      co_await early.until_waiting(1);
      group.cancel();
      EXPECT_EQ(early.waiting(), 1U);
      early.open();
      auto rest = [&]() -> jd::task<> {
        co_await late.until_waiting(1);
        late.open();
      };
      co_await jd::shield(rest());
    };
    co_await jd::with_task_group(body);
    EXPECT_TRUE(through);
  });
}

TEST(guarantees, S41_deadlines_and_requests_inside_a_shield_act) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    const auto timed = co_await jd::settle(jd::shield(jd::with_timeout(1ms, closed.pass())));
    EXPECT_TRUE(as<jd::timeout_error>(timed.error()) != nullptr);
    bool stopped = false;
    auto inner = [&](jd::cancel_scope& scope) -> jd::task<> {
      scope.cancel();
      stopped = true;
      co_await closed.pass();
      stopped = false;
    };
    co_await jd::shield(jd::with_cancel_scope(inner));
    EXPECT_TRUE(stopped);
  });
}

TEST(guarantees, S41_a_deadline_outside_of_a_shield_waits_for_it) {
  support::run_everywhere([]() -> jd::task<> {
    gate g;
    gate closed;
    bool through = false;
    auto outer = [&](jd::timeout_scope& t) -> jd::task<> {
      EXPECT_TRUE(t.reschedule(jd::clock::now()));
      auto inside = [&]() -> jd::task<> {
        co_await support::until([&t] { return t.expired(); });
        g.open();
        co_await g.pass();
        through = true;
      };
      co_await jd::shield(inside());
      co_await closed.pass();
    };
    const auto how = co_await jd::settle(jd::with_timeout(1h, outer));
    EXPECT_TRUE(through);
    EXPECT_TRUE(as<jd::timeout_error>(how.error()) != nullptr);
  });
}

TEST(guarantees, S42_a_request_made_during_a_shield_is_delivered_right_after_it) {
  support::run_everywhere([]() -> jd::task<> {
    bool delivered = false;
    auto body = [&delivered](jd::cancel_scope& scope) -> jd::task<> {
      auto inside = [&scope]() -> jd::task<> {
        scope.cancel("meanwhile");
        co_await jd::yield();
      };
      co_await jd::shield(inside());
      const auto next = co_await jd::settle(jd::checkpoint());
      delivered = next.cancelled() && support::reason_of(next).text() == "meanwhile";
    };
    co_await jd::with_cancel_scope(body);
    EXPECT_TRUE(delivered);
  });
}

// Ends in one of three ways, by its number: value, error 1, cancelled.
jd::task<int> end_by(int way, jd::cancel_scope& scope, std::string& log) {
  log += 'b';
  if (way == 1) throw failure{1};
  if (way == 2) scope.cancel("stop");
  co_await jd::checkpoint();
  co_return 5;
}
jd::task<> clean(std::string& log, char mark, bool fails) {
  co_await jd::yield();
  log += mark;
  if (fails) throw failure{2};
}

struct nested_cleanup {
  std::string log;
  jd::outcome<int> how = jd::outcome<int>::of_value(0);
  bool pending = false;
};
jd::task<> clean_twice(int way, bool fails, nested_cleanup& seen) {
  auto body = [&](jd::cancel_scope& scope) -> jd::task<> {
    auto inner = [&seen]() -> jd::task<> { return clean(seen.log, '1', false); };
    auto outer = [&seen, fails]() -> jd::task<> { return clean(seen.log, '2', fails); };
    seen.how = co_await jd::settle(
        jd::with_cleanup(jd::with_cleanup(end_by(way, scope, seen.log), inner), outer));
    const auto next = co_await jd::settle(jd::checkpoint());
    seen.pending = next.cancelled();
  };
  co_await jd::with_cancel_scope(body);
}

TEST(guarantees, S43_cleanups_run_once_last_in_first_out_on_value_error_and_cancel) {
  support::run_everywhere([]() -> jd::task<> {
    for (int way : {0, 1, 2}) {
      nested_cleanup seen;
      co_await clean_twice(way, false, seen);
      EXPECT_EQ(seen.log, "b12");
      EXPECT_EQ(seen.how.has_value(), way == 0);
      EXPECT_EQ(code_of(seen.how.error()), way == 1 ? 1 : 0);
      EXPECT_EQ(seen.how.cancelled(), way == 2);
      EXPECT_EQ(seen.pending, way == 2);
    }
  });
}

TEST(guarantees, S43_a_failed_cleanup_adds_to_an_error_and_replaces_value_and_cancel) {
  support::run_everywhere([]() -> jd::task<> {
    for (int way : {0, 1, 2}) {
      nested_cleanup seen;
      co_await clean_twice(way, true, seen);
      EXPECT_EQ(seen.log, "b12");
      if (way == 1) {
        const auto* both = as<jd::exception_group>(seen.how.error());
        EXPECT_EQ(both != nullptr ? both->exceptions().size() : 0U, 2U);
        if (both != nullptr) {
          EXPECT_EQ(code_of(both->exceptions()[0]), 1);
          EXPECT_EQ(code_of(both->exceptions()[1]), 2);
        }
      } else {
        EXPECT_EQ(code_of(seen.how.error()), 2);
      }
      EXPECT_EQ(seen.pending, way == 2) << "the cancel stays pending";
    }
  });
}

TEST(guarantees, S43_entering_is_no_checkpoint_so_body_and_cleanup_always_run) {
  support::run_everywhere([]() -> jd::task<> {
    std::string log;
    auto body = [&log](jd::cancel_scope& scope) -> jd::task<> {
      scope.cancel();
      auto cleanup = [&log]() -> jd::task<> { return clean(log, 'c', false); };
      co_await jd::with_cleanup(end_by(0, scope, log), cleanup);
    };
    co_await jd::with_cancel_scope(body);
    EXPECT_EQ(log, "bc");
  });
}

TEST(guarantees, S43_a_cleanup_that_overruns_its_limit_is_cancelled_and_counts_as_failed) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    auto stuck = [&closed]() -> jd::task<> { co_await closed.pass(); };
    const auto how =
        co_await jd::settle(jd::with_cleanup(jd::checkpoint(), stuck, jd::timeout{1ms}));
    EXPECT_TRUE(as<jd::cleanup_timeout>(how.error()) != nullptr);
    EXPECT_EQ(closed.waiting(), 0U);
  });
}

struct resource {
  std::string* log;
  jd::task<> close() { return clean(*log, 'c', false); }
};
jd::task<resource> open(std::string& log, bool fails) {
  log += 'o';
  if (fails) throw failure{4};
  co_return resource{&log};
}

TEST(guarantees, S43_a_resource_is_closed_whichever_way_its_body_ends) {
  support::run_everywhere([]() -> jd::task<> {
    for (int way : {0, 1, 2, 3}) {
      std::string log;
      auto scoped = [&log, way](jd::cancel_scope& scope) -> jd::task<> {
        auto use = [&](resource& r) -> jd::task<int> { return end_by(way, scope, *r.log); };
        const auto how = co_await jd::settle(jd::with_resource(open(log, way == 3), use));
        EXPECT_EQ(how.has_value(), way == 0);
      };
      co_await jd::with_cancel_scope(scoped);
      EXPECT_EQ(log, way == 3 ? "o" : "obc");
    }
  });
}

jd::task<> hold_shielded(gate& g, bool& stopped) {
  const auto how = co_await jd::settle(jd::shield(g.pass()));
  stopped = how.cancelled();
}

TEST(guarantees, S44_the_hard_request_of_a_shutdown_passes_shields) {
  gate closed;
  bool stopped = false;
  auto& rt = support::shared_runtime<2>();
  jd::root_task<void> root(rt.executor(), rt.environment(), hold_shielded(closed, stopped));
  root.schedule();
  support::run([&closed]() -> jd::task<> { co_await closed.until_waiting(1); });
  EXPECT_TRUE(root.cancel(jd::cancel_reason(jd::cancel_kind::shutdown)));
  EXPECT_EQ(closed.waiting(), 1U);
  EXPECT_TRUE(root.cancel_hard(jd::cancel_reason(jd::cancel_kind::shutdown)));
  root.wait();
  EXPECT_TRUE(stopped);
}

}  // namespace
