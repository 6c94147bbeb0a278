// SPDX-License-Identifier: MIT
// S27: who asked, where the request is made through a handle, which any thread may hold.
#include <cstdint>

#include <gtest/gtest.h>

#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/this_task.hpp>
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;
using support::gate;

TEST(guarantees, S27_a_request_through_a_handle_names_the_task_that_its_caller_gives) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    const std::uint64_t me = co_await jd::this_task::id();
    const auto pass = [&]() -> jd::task<> { co_await closed.pass(); };
    const auto body = [&](jd::task_group& group) -> jd::task<> {
      auto named = group.spawn(pass);
      auto unnamed = group.spawn(pass);
      auto by_group = group.spawn(pass);
      co_await closed.until_waiting(3);
      named.cancel("by me", me);
      unnamed.cancel("by whoever");
      const auto first = co_await jd::settle(named);
      const auto second = co_await jd::settle(unnamed);
      EXPECT_EQ(support::reason_of(first).origin(), me);
      EXPECT_EQ(support::reason_of(second).origin(), 0U);
      const jd::group_handle whole = group.handle();
      whole.cancel("all of it", me);
      co_await by_group;
    };
    const auto how = co_await jd::settle(jd::with_task_group(body));
    EXPECT_TRUE(how.has_value());
  });
}

TEST(guarantees, S27_a_handle_of_a_scope_passes_the_task_on_too) {
  support::run([]() -> jd::task<> {
    gate closed;
    std::uint64_t origin = 0;
    const auto body = [&](jd::cancel_scope& scope) -> jd::task<> {
      scope.handle().cancel("from elsewhere", 27);
      const auto how = co_await jd::settle(closed.pass());
      origin = support::reason_of(how).origin();
      co_await closed.pass();
    };
    co_await jd::with_cancel_scope(body);
    EXPECT_EQ(origin, 27U);
  });
}

}  // namespace
