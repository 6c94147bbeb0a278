// SPDX-License-Identifier: MIT
// GoogleTest cases whose body is a coroutine: JD_TEST on a real runtime, JD_SIM_TEST in
// simulations.
#pragma once

#include <cstdint>
#include <source_location>

#include <gtest/gtest.h>
#include <jackdaw/structured/errors.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw::testing {

/// What require() throws. It is a fatal_error, so it goes through groups bare; who catches it
/// reports nothing more, for the failure has been noted.
class requirement_failed final : public fatal_error {
 public:
  using fatal_error::fatal_error;
};

/// Ends the body of a test if the condition does not hold, and notes a failure: what ASSERT_* is
/// for, which cannot be used in a coroutine. Throws requirement_failed.
void require(bool condition, std::source_location where = std::source_location::current());

/// The seed of this test: for whatever else it wants to draw. Under JD_SIM_TEST it is that of the
/// simulation; under JD_TEST it is JACKDAW_SEED, or another one each time. Printed if the test
/// fails.
[[nodiscard]] std::uint64_t seed() noexcept;

/// A coroutine without parameters: the body of a test.
using body = task<> (*)();

/// What the macros call. `run_on_runtime`: on a runtime of its own, with JACKDAW_TEST_DEADLINE
/// seconds (default 60) to end in. `run_in_simulations`: in JACKDAW_SCHEDULES simulations (default
/// 32), or only in that of JACKDAW_SEED; the first one that fails ends it. The seed also decides
/// how many workers there are, and in which way their order is drawn.
void run_on_runtime(body b);
void run_in_simulations(body b);

}  // namespace jackdaw::testing

/// `JD_TEST(Suite, a_sentence_of_behaviour) { ... co_await ...; co_return; }`: a GoogleTest case
/// whose body is a coroutine, run on a runtime. EXPECT_* as usual, and jd::testing::require. An
/// exception that leaves the body is a failure, with the tree of the tasks that it came from; a
/// body that does not end in time is one, with the tree of the tasks that wait.
#define JD_TEST(suite, name)                                                                   \
  static ::jackdaw::task<> jackdaw_body_of_##suite##_##name();                                 \
  TEST(suite, name) { ::jackdaw::testing::run_on_runtime(&jackdaw_body_of_##suite##_##name); } \
  static ::jackdaw::task<> jackdaw_body_of_##suite##_##name()

/// The same in simulations: in the order of a seed, in virtual time, with an in-memory network. A
/// failure names its seed, and the command that runs that one again.
#define JD_SIM_TEST(suite, name)                                                                   \
  static ::jackdaw::task<> jackdaw_body_of_##suite##_##name();                                     \
  TEST(suite, name) { ::jackdaw::testing::run_in_simulations(&jackdaw_body_of_##suite##_##name); } \
  static ::jackdaw::task<> jackdaw_body_of_##suite##_##name()
