// SPDX-License-Identifier: MIT
// S45 and S46: a million parked children, a hundred thousand levels, on a small stack.
#include <pthread.h>

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <jackdaw/structured/task_group.hpp>
#include "support/build.hpp"
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;
using support::code_of;
using support::failure;
using support::gate;

jd::task<> pass(gate& g) { co_await g.pass(); }

TEST(guarantees, S45_cancel_of_a_large_group_returns_at_once_and_lets_others_work_meanwhile) {
  support::run_with<1>([]() -> jd::task<> {
    constexpr std::size_t children = support::scaled(1'000'000, 10);
    gate closed;
    std::size_t left_after_cancel = 0;
    std::size_t polls_between = 0;
    auto bystander = [&]() -> jd::task<> {
      while (closed.waiting() == 0) co_await jd::yield();
      while (closed.waiting() != 0) {
        if (closed.waiting() < children) ++polls_between;
        co_await jd::yield();
      }
    };
    auto both = [&](jd::task_group& outer) -> jd::task<> {
      outer.spawn(bystander);
      auto body = [&](jd::task_group& group) -> jd::task<> {
        for (std::size_t i = 0; i < children; ++i) group.spawn(pass, std::ref(closed));
        co_await closed.until_waiting(children);
        group.cancel();
        left_after_cancel =
            closed.waiting();  // the only worker is ours: nobody went on with the walk
      };
      co_await jd::with_task_group(body);
    };
    co_await jd::with_task_group(both);
    EXPECT_GE(left_after_cancel, children - 4096) << "the caller has walked too far itself";
    EXPECT_GE(polls_between, 20U) << "nobody else could work while the walk was under way";
    EXPECT_EQ(closed.waiting(), 0U);
  });
}

/// A runtime whose workers have stacks of 128 KiB.
class small_stacks {
 public:
  small_stacks() {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_getattr_default_np(&before_);
    pthread_attr_setstacksize(&attributes, 128 * 1024);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
    rt_ = std::make_unique<jd::runtime>(jd::runtime_options{.workers = 1});
    pthread_setattr_default_np(&before_);
  }
  ~small_stacks() { pthread_attr_destroy(&before_); }
  small_stacks(const small_stacks&) = delete;
  small_stacks& operator=(const small_stacks&) = delete;

  jd::runtime& runtime() { return *rt_; }

 private:
  pthread_attr_t before_;
  std::unique_ptr<jd::runtime> rt_;
};

constexpr int depth = 100'000;

// How the bottom of a chain ends.
enum class bottom { value, error, cancel };

jd::task<int> end_at_bottom(bottom how, gate& closed) {
  if (how == bottom::error) throw failure{3};
  if (how == bottom::cancel) co_await closed.pass();
  co_return 0;
}
jd::task<int> descend(int levels, bottom how, gate& closed) {
  int below = 0;
  if (levels == 0) {
    below = co_await end_at_bottom(how, closed);
  } else {
    below = co_await descend(levels - 1, how, closed) + 1;
  }
  co_return below;
}

// Runs a task in a scope that is cancelled as soon as someone is parked at the gate.
template <class T>
jd::task<jd::outcome<T>> cancelled_when_parked(jd::task<T> t, gate& closed) {
  jd::outcome<T> how = jd::outcome<T>::of_error(nullptr);
  auto body = [&](jd::task_group& group) -> jd::task<> {
    auto h = group.spawn(std::move(t));
    co_await support::until([&] { return h.done() || closed.waiting() != 0; });
    h.cancel("deep");
    auto rest = [&]() -> jd::task<> { co_await support::until([&h] { return h.done(); }); };
    co_await rest();
    how = co_await jd::settle(std::move(h));
  };
  const auto group = co_await jd::settle(jd::with_task_group(body));
  co_return how;
}

TEST(guarantees, S46_a_chain_of_a_hundred_thousand_awaits_needs_little_stack) {
  small_stacks small;
  support::run_in(small.runtime(), []() -> jd::task<> {
    gate closed;
    const int value = co_await descend(depth, bottom::value, closed);
    EXPECT_EQ(value, depth);
    const auto error = co_await jd::settle(descend(depth, bottom::error, closed));
    EXPECT_EQ(code_of(error.error()), 3);
    const auto how = co_await cancelled_when_parked(descend(depth, bottom::cancel, closed), closed);
    EXPECT_TRUE(how.cancelled());
    EXPECT_EQ(support::reason_of(how).text(), "deep");
  });
}

jd::task<> hold(jd::task<> inner) { co_await std::move(inner); }
jd::task<> nothing() { co_return; }

TEST(guarantees, S46_a_chain_of_tasks_that_was_never_started_is_dropped_with_little_stack) {
  small_stacks small;
  support::run_in(small.runtime(), []() -> jd::task<> {
    for (const bool run_it : {false, true}) {
      jd::task<> chain = nothing();
      for (int i = 0; i < depth; ++i) chain = hold(std::move(chain));
      if (run_it) co_await std::move(chain);
    }
  });
}

jd::task<int> nest(int levels, bottom how, gate& closed, bool by_child) {
  int below = 0;
  if (levels == 0) {
    below = co_await end_at_bottom(how, closed);
  } else {
    auto body = [&](jd::task_group& group) -> jd::task<int> {
      int inner = 0;
      if (by_child) {
        auto h = group.spawn(nest(levels - 1, how, closed, by_child));
        inner = co_await h;
      } else {
        inner = co_await nest(levels - 1, how, closed, by_child);
      }
      co_return inner + 1;
    };
    below = co_await jd::with_task_group(body);
  }
  co_return below;
}

// The nested group of errors is printed, searched and split; all that on the small stack.
void take_apart(const std::exception_ptr& error) {
  const auto* group = support::as<jd::exception_group>(error);
  EXPECT_TRUE(group != nullptr);
  if (group == nullptr) return;
  EXPECT_TRUE(group->contains<failure>());
  EXPECT_GT(std::string(group->what()).size(), 0U);
  const auto parts = group->split<failure>();
  EXPECT_TRUE(parts.matching != nullptr);
  EXPECT_TRUE(parts.rest == nullptr);
}

class NestedGroups : public ::testing::TestWithParam<bool> {};

TEST_P(NestedGroups, S46_of_a_hundred_thousand_levels_need_little_stack) {
  const bool by_child = GetParam();
  small_stacks small;
  support::run_in(small.runtime(), [by_child]() -> jd::task<> {
    gate closed;
    const int value = co_await nest(depth, bottom::value, closed, by_child);
    EXPECT_EQ(value, depth);
    {
      const auto error = co_await jd::settle(nest(depth, bottom::error, closed, by_child));
      take_apart(error.error());
    }
    const auto how =
        co_await cancelled_when_parked(nest(depth, bottom::cancel, closed, by_child), closed);
    EXPECT_TRUE(how.cancelled());
  });
}
INSTANTIATE_TEST_SUITE_P(guarantees, NestedGroups, ::testing::Bool());

jd::task<int> one() { co_return 1; }

TEST(guarantees, S46_a_million_awaits_in_a_loop_need_little_stack) {
  small_stacks small;
  support::run_in(small.runtime(), []() -> jd::task<> {
    constexpr int rounds = 1'000'000;
    int sum = 0;
    for (int i = 0; i < rounds; ++i) sum += co_await one();
    EXPECT_EQ(sum, rounds);
    gate open;
    open.open();
    for (int i = 0; i < rounds; ++i) co_await open.pass();
  });
}

}  // namespace
