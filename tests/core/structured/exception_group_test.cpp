// SPDX-License-Identifier: MIT
// Tests of exception_group: splitting, handling, printing, and all of it at great depth.
#include <jackdaw/structured/exception_group.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <jackdaw/cancellation/cancelled.hpp>

namespace {

using jackdaw::exception_group;
using testing::ElementsAre;
using testing::HasSubstr;

template <class E>
exception_group::leaf leaf_of(E error, std::size_t child, std::string name = {}) {
  return {std::make_exception_ptr(std::move(error)), child, std::move(name)};
}

exception_group group_of(std::vector<exception_group::leaf> leaves) {
  return exception_group(std::move(leaves));
}

// {runtime "a", {logic "b", runtime "c"}, int 7}
exception_group mixed_tree() {
  exception_group inner =
      group_of({leaf_of(std::logic_error("b"), 0), leaf_of(std::runtime_error("c"), 1)});
  return group_of({leaf_of(std::runtime_error("a"), 0, "prefs"), leaf_of(std::move(inner), 1),
                   leaf_of(7, exception_group::body)});
}

exception_group nested_to(std::size_t depth) {
  exception_group g = group_of({leaf_of(std::runtime_error("the innermost"), 0)});
  for (std::size_t i = 0; i != depth; ++i) {
    g = group_of({leaf_of(std::move(g), 0), leaf_of(std::logic_error("beside"), 1)});
  }
  return g;
}

// On a thread whose stack is too small for one frame per level.
void on_a_small_stack(std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, std::size_t{1} << 18);
  pthread_t thread{};
  const int failed = pthread_create(
      &thread, &attributes,
      [](void* b) -> void* {
        (*static_cast<std::function<void()>*>(b))();
        return nullptr;
      },
      &body);
  pthread_attr_destroy(&attributes);
  ASSERT_EQ(failed, 0);
  pthread_join(thread, nullptr);
}

constexpr std::size_t deep = 100'000;

TEST(ExceptionGroup, KeepsTheErrorsInOrderWithTheirOrigin) {
  const exception_group g = mixed_tree();
  ASSERT_EQ(g.exceptions().size(), 3U);
  EXPECT_EQ(g.leaves()[0].name, "prefs");
  EXPECT_EQ(g.leaves()[1].child, 1U);
  EXPECT_EQ(g.leaves()[2].child, exception_group::body);
  EXPECT_THROW(std::rethrow_exception(g.exceptions()[0]), std::runtime_error);
  EXPECT_THROW(std::rethrow_exception(g.exceptions()[2]), int);
}

TEST(ExceptionGroup, PrintsATreeWithALinePerError) {
  EXPECT_STREQ(mixed_tree().what(),
               "exception_group: 3 errors\n"
               "  - child 0 \"prefs\": std::runtime_error: a\n"
               "  - child 1: exception_group: 2 errors\n"
               "    - child 0: std::logic_error: b\n"
               "    - child 1: std::runtime_error: c\n"
               "  - body: int");
}

TEST(ExceptionGroup, ACopySharesTheErrorsAndTheText) {
  const exception_group g = mixed_tree();
  const exception_group copy = g;
  EXPECT_EQ(copy.what(), g.what());
  EXPECT_EQ(copy.exceptions().data(), g.exceptions().data());
}

TEST(ExceptionGroup, FindsAnErrorOfATypeAnywhereInTheTree) {
  const exception_group g = mixed_tree();
  EXPECT_TRUE(g.contains<std::logic_error>());
  EXPECT_TRUE(g.contains<std::exception>());
  EXPECT_TRUE(g.contains<int>());
  EXPECT_TRUE(g.contains<exception_group>());
  EXPECT_FALSE(g.contains<std::bad_alloc>());
}

TEST(ExceptionGroup, ANestedGroupIsNoErrorOfItsOwn) {
  const exception_group g = group_of({leaf_of(group_of({leaf_of(7, 0)}), 0)});
  EXPECT_FALSE(g.contains<std::exception>());
  EXPECT_EQ(g.split<std::exception>().matching, nullptr);
}

TEST(ExceptionGroup, SplitsWithTheShapeOfTheTree) {
  const exception_group g = mixed_tree();
  const auto [matching, rest] = g.split<std::runtime_error>();
  ASSERT_NE(matching, nullptr);
  ASSERT_NE(rest, nullptr);
  EXPECT_STREQ(matching->what(),
               "exception_group: 2 errors\n"
               "  - child 0 \"prefs\": std::runtime_error: a\n"
               "  - child 1: exception_group: 1 error\n"
               "    - child 1: std::runtime_error: c");
  EXPECT_STREQ(rest->what(),
               "exception_group: 2 errors\n"
               "  - child 1: exception_group: 1 error\n"
               "    - child 0: std::logic_error: b\n"
               "  - body: int");
}

TEST(ExceptionGroup, SplittingGivesNullForAnEmptyPart) {
  const exception_group g = group_of({leaf_of(std::runtime_error("a"), 0)});
  EXPECT_EQ(g.split<std::runtime_error>().rest, nullptr);
  EXPECT_EQ(g.split<std::logic_error>().matching, nullptr);
}

TEST(ExceptionGroup, AnUndividedNestedGroupKeepsItsIdentity) {
  const exception_group g =
      group_of({leaf_of(group_of({leaf_of(std::runtime_error("a"), 0)}), 0), leaf_of(7, 1)});
  const auto divided = g.split<std::runtime_error>();
  EXPECT_EQ(divided.matching->exceptions()[0], g.exceptions()[0]);
}

TEST(ExceptionGroup, SplittingByGroupTakesNestedGroupsWhole) {
  const exception_group g = mixed_tree();
  const auto divided = g.split<exception_group>();
  EXPECT_EQ(divided.matching->exceptions()[0], g.exceptions()[1]);
  EXPECT_EQ(divided.rest->exceptions().size(), 2U);
}

TEST(ExceptionGroup, HandlesEachErrorDepthFirstByTheFirstHandlerThatMatches) {
  std::vector<std::string> seen;
  mixed_tree().handle(
      [&](const std::runtime_error& e) { seen.push_back(e.what()); },
      [&](const std::exception& e) { seen.push_back(std::string("any ") + e.what()); },
      [&](const std::exception_ptr&) { seen.push_back("pointer"); });
  EXPECT_THAT(seen, ElementsAre("a", "any b", "c", "pointer"));
}

TEST(ExceptionGroup, AHandlerForGroupsTakesANestedGroupBeforeItsErrors) {
  std::vector<std::string> seen;
  mixed_tree().handle([&](const std::exception_ptr&) { seen.push_back("error"); },
                      [&](exception_group const& g) {
                        seen.push_back("group of " + std::to_string(g.exceptions().size()));
                      });
  EXPECT_THAT(seen, ElementsAre("error", "group of 2", "error"));
}

TEST(ExceptionGroup, HandlersMayBeFunctionsAndNoexcept) {
  static int calls;
  calls = 0;
  struct functions {
    static void of_int(int) noexcept { ++calls; }
  };
  mixed_tree().handle(functions::of_int, [](const std::exception&) noexcept { ++calls; });
  EXPECT_EQ(calls, 4);
}

TEST(ExceptionGroup, ThrowsOnWhatNobodyHandled) {
  try {
    mixed_tree().handle([](const std::runtime_error&) {});
    FAIL() << "nothing was thrown on";
  } catch (const exception_group& rest) {
    EXPECT_FALSE(rest.contains<std::runtime_error>());
    EXPECT_TRUE(rest.contains<std::logic_error>());
    EXPECT_TRUE(rest.contains<int>());
  }
}

TEST(ExceptionGroup, ThrowsOnWhatHandlersThrowAfterAllWereOffered) {
  int offered = 0;
  try {
    mixed_tree().handle(
        [&](const std::runtime_error& e) {
          ++offered;
          throw std::out_of_range(e.what());
        },
        [](const std::exception_ptr&) {});
    FAIL() << "nothing was thrown on";
  } catch (const exception_group& g) {
    EXPECT_EQ(offered, 2);
    EXPECT_STREQ(g.what(),
                 "exception_group: 2 errors\n"
                 "  - handler: std::out_of_range: a\n"
                 "  - handler: std::out_of_range: c");
  }
}

TEST(ExceptionGroup, S10_cancelled_thrown_by_a_handler_is_no_error_of_the_group) {
  const auto interrupt = [](const std::exception_ptr&) {
    throw jackdaw::cancelled(jackdaw::cancel_reason{});
  };
  EXPECT_THROW(mixed_tree().handle(interrupt), jackdaw::cancelled);
  const auto interrupt_runtime = [](const std::runtime_error&) {
    throw jackdaw::cancelled(jackdaw::cancel_reason{});
  };
  EXPECT_THROW(mixed_tree().handle(interrupt_runtime), exception_group);
}

TEST(ExceptionGroup, S46_is_printed_without_recursion) {
  on_a_small_stack([] {
    const exception_group g = nested_to(deep);
    const std::string_view text = g.what();
    EXPECT_LT(text.size(), deep * 300);
    EXPECT_THAT(std::string(text), HasSubstr("(level 100001) child 0: std::runtime_error"));
  });
}

TEST(ExceptionGroup, S46_is_searched_and_split_without_recursion) {
  on_a_small_stack([] {
    const exception_group g = nested_to(deep);
    EXPECT_TRUE(g.contains<std::runtime_error>());
    const auto divided = g.split<std::runtime_error>();
    EXPECT_FALSE(divided.matching->contains<std::logic_error>());
  });
}

TEST(ExceptionGroup, S46_is_handled_without_recursion) {
  on_a_small_stack([] {
    std::size_t beside = 0;
    std::size_t innermost = 0;
    nested_to(deep).handle([&](const std::runtime_error&) { ++innermost; },
                           [&](const std::logic_error&) { ++beside; });
    EXPECT_EQ(innermost, 1U);
    EXPECT_EQ(beside, deep);
  });
}

TEST(ExceptionGroup, S46_is_destroyed_without_recursion) {
  on_a_small_stack([] {
    {
      const exception_group g = nested_to(deep);
    }
    const std::exception_ptr held = std::make_exception_ptr(nested_to(deep));
    exception_group copy = nested_to(1);
    copy = nested_to(deep);
    EXPECT_EQ(copy.exceptions().size(), 2U);
  });
}

}  // namespace
