// SPDX-License-Identifier: MIT
// JD_TEST and JD_SIM_TEST: that they run, and what they say when a test fails. The planted failures
// pass unless JACKDAW_PLANTED is set, with which this program runs itself.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/testing/gtest.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

namespace jd = jackdaw;

namespace {

bool planted() { return std::getenv("JACKDAW_PLANTED") != nullptr; }

JD_SIM_TEST(coroutine_test, runs_its_body_in_many_simulations_without_waiting) {
  co_await jd::sleep_for(std::chrono::hours(1));
  EXPECT_GE(jd::testing::seed(), 1U);
}

JD_TEST(coroutine_test, runs_its_body_on_a_runtime) {
  co_await jd::sleep_for(std::chrono::milliseconds(1));
  jd::testing::require(true);
}

jd::task<> increment_carelessly(int& n) {
  const int before = n;
  co_await jd::yield();
  n = before + 1;
}

JD_SIM_TEST(planted_failure, race) {
  if (!planted()) co_return;
  int n = 0;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(increment_carelessly, std::ref(n));
    group.spawn(increment_carelessly, std::ref(n));
    co_return;
  });
  EXPECT_EQ(n, 2);
}

jd::task<> fail_after_a_while() {
  co_await jd::yield();
  throw std::out_of_range("beyond the end");
}

JD_SIM_TEST(planted_failure, child) {
  if (!planted()) co_return;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(jd::spawn_options{.name = "the child that failed"}, fail_after_a_while);
    co_return;
  });
}

JD_TEST(planted_failure, hang) {
  if (!planted()) co_return;
  jd::event never;
  co_await never.wait();
}

JD_TEST(planted_failure, requirement) {
  if (!planted()) co_return;
  jd::testing::require(1 + 1 == 3);
  std::puts("this is not reached");
}

/// What a command prints.
std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen((command + " 2>&1").c_str(), "r"),
                                                   ::pclose);
  std::string all;
  char part[512];
  while (std::fgets(part, sizeof part, pipe.get()) != nullptr) all += part;
  return all;
}

std::string output_of_planted(const std::string& test) {
  return output_of("JACKDAW_PLANTED=1 JACKDAW_TEST_DEADLINE=1 /proc/" + std::to_string(::getpid()) +
                   "/exe --gtest_filter=planted_failure." + test);
}

bool says(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

TEST(coroutine_test, names_the_seed_of_a_failure_and_the_command_that_runs_it_again) {
  const std::string first = output_of_planted("race");
  const std::string mark = "To run it again: ";
  const std::size_t begin = first.find(mark);
  ASSERT_NE(begin, std::string::npos) << first;
  const std::size_t end = first.find('\n', begin);
  const std::string command = first.substr(begin + mark.size(), end - begin - mark.size());
  ASSERT_TRUE(says(command, "JACKDAW_SEED=")) << command;
  const std::string again = output_of("JACKDAW_PLANTED=1 " + command);
  EXPECT_TRUE(says(again, "simulation 1 of 1")) << again;
  EXPECT_TRUE(says(again, command)) << again;
}

TEST(coroutine_test, shows_the_tree_of_the_errors_of_children) {
  const std::string text = output_of_planted("child");
  EXPECT_TRUE(says(text, "the child that failed")) << text;
  EXPECT_TRUE(says(text, "beyond the end")) << text;
}

TEST(coroutine_test, ends_a_test_that_hangs_and_shows_what_waits) {
  const std::string text = output_of_planted("hang");
  EXPECT_TRUE(says(text, "has not ended within 1 s")) << text;
  EXPECT_TRUE(says(text, "waits for event")) << text;
}

TEST(coroutine_test, a_requirement_ends_the_body_and_is_reported_once) {
  const std::string text = output_of_planted("requirement");
  EXPECT_TRUE(says(text, "require() was given false")) << text;
  EXPECT_FALSE(says(text, "the body of the test threw")) << text;
  EXPECT_FALSE(says(text, "this is not reached")) << text;
}

}  // namespace
