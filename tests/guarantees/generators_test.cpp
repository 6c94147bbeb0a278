// SPDX-License-Identifier: MIT
// S54: a generator that is left early has unwound, and its cleanups have been awaited, before the
// next statement.
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/exception_group.hpp>
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

/// What a generator has gone through, as letters.
struct journal {
  std::string text;
};
/// Writes a letter when it dies.
class mark {
 public:
  mark(journal& j, char letter) noexcept : journal_(&j), letter_(letter) {}
  mark(const mark&) = delete;
  mark& operator=(const mark&) = delete;
  ~mark() { journal_->text += letter_; }

 private:
  journal* journal_;
  char letter_;
};

jd::task<> write_down(journal& j, char letter) {
  co_await jd::yield();  // it awaits, and more than once
  co_await jd::yield();
  j.text += letter;
}

/// Yields 0, 1, ...; locals leave an 'l', cleanups a 'c' (registered first) and a 'd'.
jd::async_generator<int> numbers(journal& j, int end) {
  co_await jd::on_exit(write_down, std::ref(j), 'c');
  co_await jd::on_exit(write_down, std::ref(j), 'd');
  const mark local(j, 'l');
  for (int i = 0; i < end; ++i) {
    co_await jd::yield();
    co_yield i;
  }
}

jd::task<bool> stop_at_two(int& item) { co_return item < 2; }

TEST(guarantees, S54_a_for_each_that_stops_cleans_its_generator_up_before_it_returns) {
  support::run_everywhere([]() -> jd::task<> {
    journal j;
    co_await jd::for_each(numbers(j, 10), stop_at_two);
    EXPECT_EQ(j.text, "ldc");
  });
}

TEST(guarantees, S54_a_for_each_whose_body_throws_cleans_its_generator_up_before_it_throws) {
  support::run_everywhere([]() -> jd::task<> {
    journal j;
    auto fail = [](int&) -> jd::task<> {
      co_await jd::yield();
      throw failure{7};
    };
    const auto how = co_await jd::settle(jd::for_each(numbers(j, 10), fail));
    EXPECT_EQ(support::code_of(how.error()), 7);
    EXPECT_EQ(j.text, "ldc");
  });
}

TEST(guarantees, S54_a_for_each_that_is_cancelled_in_its_body_cleans_its_generator_up) {
  support::run_everywhere([]() -> jd::task<> {
    journal j;
    gate closed;
    auto stay = [&](int&) -> jd::task<> { co_await closed.pass(); };
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto consume = [&]() -> jd::task<> {
        const auto how = co_await jd::settle(jd::for_each(numbers(j, 10), stay));
        EXPECT_TRUE(how.cancelled());
        EXPECT_EQ(j.text, "ldc");
      };
      group.spawn(consume);
      co_await closed.until_waiting(1);
      group.cancel();
    });
    EXPECT_EQ(j.text, "ldc");
  });
}

jd::async_generator<int> wait_inside(journal& j, gate& g) {
  co_await jd::on_exit(write_down, std::ref(j), 'c');
  const mark local(j, 'l');
  co_yield 1;
  co_await g.pass();
  co_yield 2;
}

TEST(guarantees, S54_a_for_each_that_is_cancelled_in_its_generator_cleans_it_up) {
  support::run_everywhere([]() -> jd::task<> {
    journal j;
    gate closed;
    int seen = 0;
    auto count = [&](int&) -> jd::task<> {
      ++seen;
      co_return;
    };
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto consume = [&]() -> jd::task<> { co_await jd::for_each(wait_inside(j, closed), count); };
      group.spawn(consume);
      co_await closed.until_waiting(1);
      group.cancel();
    });
    EXPECT_EQ(seen, 1);
    EXPECT_EQ(j.text, "lc");
  });
}

TEST(guarantees, S54_a_timeout_around_a_for_each_ends_after_its_generator) {
  support::run_everywhere([]() -> jd::task<> {
    journal j;
    gate closed;
    jd::timeout_scope* limit = nullptr;
    auto consume = [&](jd::timeout_scope& t) -> jd::task<> {
      limit = &t;
      auto ignore = [](int&) -> jd::task<> { co_return; };
      co_await jd::for_each(wait_inside(j, closed), ignore);
    };
    auto expire = [&]() -> jd::task<> {
      co_await closed.until_waiting(1);
      EXPECT_TRUE(limit->reschedule(jd::clock::now()));
    };
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn(expire);
      const auto how = co_await jd::settle(jd::with_timeout(1h, consume));
      EXPECT_NE(support::as<jd::timeout_error>(how.error()), nullptr);
      EXPECT_EQ(j.text, "lc");
    });
  });
}

jd::async_generator<int> fails_while_it_is_cleaned_up() {
  auto fail = []() -> jd::task<> {
    co_await jd::yield();
    throw failure{2};
  };
  co_await jd::on_exit(fail);
  for (int i = 0;; ++i) co_yield i;
}

TEST(guarantees, S54_the_error_of_a_cleanup_is_thrown_beside_the_error_of_the_body) {
  support::run_everywhere([]() -> jd::task<> {
    const auto stopped =
        co_await jd::settle(jd::for_each(fails_while_it_is_cleaned_up(), stop_at_two));
    EXPECT_EQ(support::code_of(stopped.error()), 2);
    auto fail = [](int&) -> jd::task<> { throw failure{1}; };
    const auto both = co_await jd::settle(jd::for_each(fails_while_it_is_cleaned_up(), fail));
    const auto* group = support::as<jd::exception_group>(both.error());
    EXPECT_NE(group, nullptr);
    if (group == nullptr) co_return;
    EXPECT_EQ(group->exceptions().size(), 2U);
    EXPECT_EQ(support::code_of(group->exceptions()[0]), 1);
    EXPECT_EQ(support::code_of(group->exceptions()[1]), 2);
  });
}

jd::task<int> pull_one(journal& j) {
  auto gen = numbers(j, 10);
  auto first = co_await gen.next();
  co_return *first;
}
jd::task<int> pull_one_of(jd::async_generator<int> gen) {
  auto first = co_await gen.next();
  co_return *first;
}
jd::task<> pull_and_throw(journal& j) {
  auto gen = numbers(j, 10);
  co_await gen.next();
  throw failure{3};
}

TEST(guarantees, S54_a_pulled_generator_is_cleaned_up_before_the_function_returns_that_pulled_it) {
  support::run_everywhere([]() -> jd::task<> {
    journal local;
    const int one = co_await pull_one(local);
    EXPECT_EQ(one, 0);
    EXPECT_EQ(local.text, "ldc");
    journal parameter;
    const int first = co_await pull_one_of(numbers(parameter, 10));
    EXPECT_EQ(first, 0);
    EXPECT_EQ(parameter.text, "ldc");
    journal thrown;
    const auto how = co_await jd::settle(pull_and_throw(thrown));
    EXPECT_EQ(support::code_of(how.error()), 3);
    EXPECT_EQ(thrown.text, "ldc");
  });
}

TEST(guarantees, S54_the_locals_of_a_pulled_generator_die_where_it_is_dropped) {
  support::run_everywhere([]() -> jd::task<> {
    journal j;
    {
      auto gen = numbers(j, 10);
      const auto first = co_await gen.next();
      EXPECT_EQ(*first, 0);
    }
    EXPECT_EQ(j.text, "l");
  });
}

TEST(guarantees, S54_a_pulled_generator_is_cleaned_up_when_its_consumer_is_cancelled) {
  support::run_everywhere([]() -> jd::task<> {
    journal j;
    gate closed;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto consume = [&]() -> jd::task<> {
        auto gen = numbers(j, 10);
        co_await gen.next();
        co_await closed.pass();
      };
      group.spawn(consume);
      co_await closed.until_waiting(1);
      group.cancel();
    });
    EXPECT_EQ(j.text, "ldc");
  });
}

jd::async_generator<int> doubled(journal& j) {
  co_await jd::on_exit(write_down, std::ref(j), 'o');
  auto inner = numbers(j, 10);
  while (auto item = co_await inner.next()) co_yield 2 * *item;
}

TEST(guarantees, S54_a_generator_that_pulls_from_another_one_is_cleaned_up_with_it) {
  support::run_everywhere([]() -> jd::task<> {
    journal j;
    co_await jd::for_each(doubled(j), stop_at_two);
    EXPECT_EQ(j.text, "ldco");
    journal dropped;
    auto pull = [&]() -> jd::task<> {
      auto gen = doubled(dropped);
      co_await gen.next();
    };
    co_await pull();
    EXPECT_EQ(dropped.text, "ldco");
  });
}

jd::task<> drop_elsewhere(journal& j) {
  std::optional<jd::async_generator<int>> kept;
  auto pull = [](journal& text, std::optional<jd::async_generator<int>>& place) -> jd::task<> {
    auto gen = numbers(text, 10);
    co_await gen.next();
    place.emplace(std::move(gen));
  };
  co_await pull(j, kept);
  EXPECT_EQ(j.text, "");
  kept.reset();
}

TEST(guarantees, S54_a_generator_that_went_elsewhere_is_cleaned_up_by_the_end_of_run) {
  for (int round = 0; round < 200; ++round) {
    journal j;
    jd::run(drop_elsewhere(j));
    EXPECT_EQ(j.text, "ldc");
  }
}

TEST(guarantees, S54_a_generator_pulled_through_a_combinator_is_cleaned_up_by_the_end_of_run) {
  journal j;
  auto pull = [](journal& text) -> jd::task<> {
    auto gen = numbers(text, 10);
    const auto first = co_await jd::with_timeout(10s, gen.next());
    EXPECT_EQ(first.value_or(-1), 0);
  };
  jd::run(pull(j));
  EXPECT_EQ(j.text, "ldc");
}

}  // namespace
