// SPDX-License-Identifier: MIT
// async_generator: yielding, awaiting between items, errors, misuse.
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/async_generator.hpp>
#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/for_each.hpp>
#include <jackdaw/structured/on_exit.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using support::failure;
using support::gate;
using support::tracked;
using namespace std::chrono_literals;

jd::async_generator<int> count_to(int end) {
  for (int i = 0; i < end; ++i) co_yield i;
}
jd::async_generator<int> count_slowly(int end) {
  for (int i = 0; i < end; ++i) {
    co_await jd::yield();
    co_yield i;
  }
}

TEST(AsyncGenerator, YieldsItsItemsInOrderAndThenNothing) {
  support::run_everywhere([]() -> jd::task<> {
    std::vector<int> seen;
    auto gen = count_slowly(100);
    while (auto item = co_await gen.next()) seen.push_back(*item);
    EXPECT_EQ(seen.size(), 100U);
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], static_cast<int>(i));
    EXPECT_TRUE(gen.ended());
    const auto after = co_await gen.next();
    EXPECT_FALSE(after.has_value());
  });
}

TEST(AsyncGenerator, DoesNothingBeforeTheFirstItemIsAskedFor) {
  support::run([]() -> jd::task<> {
    bool begun = false;
    tracked::counter alive{0};
    auto make = [](bool& b, tracked) -> jd::async_generator<int> {
      b = true;
      co_yield 1;
    };
    {
      auto gen = make(begun, tracked(alive));
      EXPECT_EQ(alive.load(), 1);
    }
    EXPECT_FALSE(begun);
    EXPECT_EQ(alive.load(), 0);
    co_await make(begun, tracked(alive)).close();
    EXPECT_FALSE(begun);
    EXPECT_EQ(alive.load(), 0);
    co_return;
  });
}

TEST(AsyncGenerator, YieldsWhatCanOnlyBeMovedAndBuildsItInTheConsumersFrame) {
  support::run([]() -> jd::task<> {
    auto make = []() -> jd::async_generator<std::unique_ptr<std::string>> {
      auto text = std::make_unique<std::string>("one");
      co_yield std::move(text);
      co_yield std::make_unique<std::string>("two");
    };
    auto gen = make();
    std::string all;
    while (auto item = co_await gen.next()) all += **item;
    EXPECT_EQ(all, "onetwo");
  });
}

TEST(AsyncGenerator, MillionsOfItemsUseNoStack) {
  support::run([]() -> jd::task<> {
    std::int64_t sum = 0;
    auto gen = count_to(1'000'000);
    while (auto item = co_await gen.next()) sum += *item;
    EXPECT_EQ(sum, 499'999'500'000);
  });
}

jd::async_generator<int> fail_after(int items, tracked) {
  for (int i = 0; i < items; ++i) co_yield i;
  throw failure{5};
}

TEST(AsyncGenerator, AnErrorReachesTheConsumerOnceAndEndsIt) {
  support::run_everywhere([]() -> jd::task<> {
    tracked::counter alive{0};
    auto gen = fail_after(2, tracked(alive));
    co_await gen.next();
    co_await gen.next();
    const auto third = co_await jd::settle(gen.next());
    EXPECT_EQ(support::code_of(third.error()), 5);
    EXPECT_EQ(alive.load(), 0);
    const auto fourth = co_await gen.next();
    EXPECT_FALSE(fourth.has_value());
  });
}

jd::async_generator<int> wait_between(gate& g, tracked) {
  co_yield 1;
  co_await g.pass();
  co_yield 2;
}

TEST(AsyncGenerator, ATimeoutThatMeetsItWhileItWaitsUnwindsIt) {
  support::run_everywhere([]() -> jd::task<> {
    gate closed;
    tracked::counter alive{0};
    auto gen = wait_between(closed, tracked(alive));
    co_await gen.next();
    jd::timeout_scope* limit = nullptr;
    auto pull = [&](jd::timeout_scope& t) -> jd::task<> {
      limit = &t;
      co_await gen.next();
    };
    auto expire = [&]() -> jd::task<> {
      co_await closed.until_waiting(1);
      EXPECT_TRUE(limit->reschedule(jd::clock::now()));
    };
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn(expire);
      const auto how = co_await jd::settle(jd::with_timeout(1h, pull));
      EXPECT_NE(support::as<jd::timeout_error>(how.error()), nullptr);
    });
    EXPECT_EQ(alive.load(), 0);
    EXPECT_TRUE(gen.ended());
  });
}

TEST(AsyncGenerator, WaitsInsideAreWokenOnWhateverWorker) {
  support::run_with<4>([]() -> jd::task<> {
    int sum = 0;
    auto gen = count_slowly(2000);
    while (auto item = co_await gen.next()) {
      co_await jd::yield();
      sum += *item;
    }
    EXPECT_EQ(sum, 1999 * 1000);
  });
}

TEST(AsyncGenerator, MovesFromTaskToTaskBetweenItems) {
  support::run_everywhere([]() -> jd::task<> {
    auto gen = count_slowly(4);
    const auto first = co_await gen.next();
    EXPECT_EQ(*first, 0);
    int sum = 0;
    auto rest = [&](jd::async_generator<int> g) -> jd::task<> {
      auto mine = std::move(g);
      while (auto item = co_await mine.next()) sum += *item;
    };
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn(rest(std::move(gen)));
      co_return;
    });
    EXPECT_EQ(sum, 6);
  });
}

TEST(AsyncGenerator, ASecondConsumerAtTheSameTimeIsToldSo) {
  support::run_everywhere([]() -> jd::task<> {
    gate g;
    tracked::counter alive{0};
    auto gen = wait_between(g, tracked(alive));
    co_await gen.next();
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto pull = [&]() -> jd::task<> {
        const auto item = co_await gen.next();
        EXPECT_EQ(item.value_or(0), 2);
      };
      group.spawn(pull);
      co_await g.until_waiting(1);
      const auto how = co_await jd::settle(gen.next());
      const auto* error = support::as<std::logic_error>(how.error());
      EXPECT_NE(error, nullptr);
      if (error != nullptr) {
        EXPECT_NE(std::string(error->what()).find("two consumers"), std::string::npos);
      }
      const auto closing = co_await jd::settle(gen.close());
      EXPECT_NE(support::as<std::logic_error>(closing.error()), nullptr);
      g.open();
    });
    co_await gen.close();
    EXPECT_EQ(alive.load(), 0);
  });
}

TEST(AsyncGenerator, CloseUnwindsAndAwaitsItsCleanups) {
  support::run_everywhere([]() -> jd::task<> {
    std::string order;
    auto make = [](std::string& text) -> jd::async_generator<int> {
      auto note = [](std::string& t) -> jd::task<> {
        co_await jd::yield();
        t += 'c';
      };
      co_await jd::on_exit(note, std::ref(text));
      try {
        co_yield 1;
      } catch (const jd::cancelled&) {
        text += 'u';
        throw;
      }
    };
    auto gen = make(order);
    co_await gen.next();
    co_await gen.close();
    EXPECT_EQ(order, "uc");
    EXPECT_TRUE(gen.ended());
    co_await gen.close();
    co_await jd::checkpoint();
  });
}

TEST(AsyncGenerator, WhatSwallowsTheEndIsToldAgainAtEveryYieldAndCheckpoint) {
  support::run_everywhere([]() -> jd::task<> {
    int told = 0;
    auto make = [](int& n) -> jd::async_generator<int> {
      try {
        co_yield 1;
      } catch (const jd::cancelled&) {
        ++n;
      }
      try {
        co_await jd::yield();
      } catch (const jd::cancelled&) {
        ++n;
      }
      try {
        co_yield 2;
      } catch (const jd::cancelled&) {
        ++n;
      }
    };
    auto closed = make(told);
    co_await closed.next();
    co_await closed.close();
    EXPECT_EQ(told, 3);
    told = 0;
    {
      auto dropped = make(told);
      co_await dropped.next();
    }
    EXPECT_EQ(told, 3);
    co_await jd::checkpoint();
  });
}

TEST(AsyncGenerator, TheErrorOfADroppedOneIsReported) {
  jd::runtime rt(jd::runtime_options{.workers = 1});
  int reported = 0;
  rt.on_unhandled([&](const jd::unhandled_error& e) { reported += support::code_of(e.error); });
  support::run_in(rt, []() -> jd::task<> {
    auto make = []() -> jd::async_generator<int> {
      try {
        co_yield 1;
      } catch (const jd::cancelled&) {
        throw failure{9};
      }
    };
    auto gen = make();
    co_await gen.next();
  });
  EXPECT_EQ(reported, 9);
}

struct session {
  std::string* text;
  jd::task<> close() {
    co_await jd::yield();
    *text += "closed";
  }
};

TEST(AsyncGenerator, OwnsResourcesWithAttach) {
  support::run_everywhere([]() -> jd::task<> {
    std::string text;
    auto make = [](std::string& t) -> jd::async_generator<int> {
      session mine{&t};
      session& s = co_await jd::attach(std::move(mine));
      EXPECT_EQ(s.text, &t);
      for (int i = 0; i < 3; ++i) co_yield i;
    };
    int sum = 0;
    auto add = [&](int& item) -> jd::task<> {
      EXPECT_EQ(text, "");
      sum += item;
      co_return;
    };
    co_await jd::for_each(make(text), add);
    EXPECT_EQ(sum, 3);
    EXPECT_EQ(text, "closed");
  });
}

}  // namespace
