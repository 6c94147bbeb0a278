// SPDX-License-Identifier: MIT
// retry: how often, how long between, and what is not retried.
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/retry.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"

namespace {

namespace jd = jackdaw;
using support::failure;
using namespace std::chrono_literals;

jd::task<int> succeed_at(int& calls, int attempt) {
  co_await jd::yield();
  if (++calls < attempt) throw failure{calls};
  co_return calls;
}

TEST(Retry, TriesAgainUntilItGoesWell) {
  support::run_everywhere([]() -> jd::task<> {
    int calls = 0;
    const int got = co_await jd::retry(jd::retry_policy{.attempts = 5, .backoff = 1us},
                                       [&] { return succeed_at(calls, 3); });
    EXPECT_EQ(got, 3);
  });
}

TEST(Retry, ThrowsTheLastErrorWhenTheAttemptsAreUsedUp) {
  support::run_everywhere([]() -> jd::task<> {
    int calls = 0;
    const auto how = co_await jd::settle(jd::retry(jd::retry_policy{.attempts = 3, .backoff = 0ns},
                                                   [&] { return succeed_at(calls, 99); }));
    EXPECT_EQ(support::code_of(how.error()), 3);
    EXPECT_EQ(calls, 3);
  });
}

TEST(Retry, TriesOnceMoreOnlyWhatThePredicateAccepts) {
  support::run_everywhere([]() -> jd::task<> {
    int calls = 0;
    const auto how = co_await jd::settle(jd::retry(
        jd::retry_policy{
            .attempts = 9,
            .backoff = 0ns,
            .when = [](const std::exception_ptr& e) { return support::code_of(e) < 2; }},
        [&] { return succeed_at(calls, 99); }));
    EXPECT_EQ(support::code_of(how.error()), 2);
    EXPECT_EQ(calls, 2);
  });
}

TEST(Retry, AFactoryThatThrowsHasFailedAnAttempt) {
  support::run([]() -> jd::task<> {
    int calls = 0;
    const auto make = [&]() -> jd::task<int> {
      if (++calls == 1) throw failure{1};
      return succeed_at(calls, 1);
    };
    const int got = co_await jd::retry(jd::retry_policy{.backoff = 0ns}, make);
    EXPECT_EQ(got, 3);
  });
}

TEST(Retry, NeverRetriesWhatWasCancelled) {
  support::run_everywhere([]() -> jd::task<> {
    support::gate closed;
    int calls = 0;
    const auto attempt = [&]() -> jd::task<> {
      ++calls;
      co_await closed.pass();
    };
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto child = [&]() -> jd::task<> {
        const auto how = co_await jd::settle(
            jd::retry(jd::retry_policy{.attempts = 9, .backoff = 0ns}, attempt));
        EXPECT_TRUE(how.cancelled());
      };
      group.spawn(child);
      co_await closed.until_waiting(1);
      group.cancel();
    });
    EXPECT_EQ(calls, 1);
  });
}

TEST(Retry, ACancelDuringAPauseEndsIt) {
  support::run_everywhere([]() -> jd::task<> {
    int calls = 0;
    const auto how = co_await jd::settle(jd::with_timeout(
        5ms, jd::retry(jd::retry_policy{.attempts = 9, .backoff = 1h, .max_backoff = 1h},
                       [&] { return succeed_at(calls, 99); })));
    EXPECT_NE(support::as<jd::timeout_error>(how.error()), nullptr);
    EXPECT_LE(calls, 1);  // 0: the time was up before it began
  });
}

TEST(Retry, ATimeoutOfOneAttemptIsAnErrorLikeOthers) {
  support::run([]() -> jd::task<> {
    support::gate closed;
    int calls = 0;
    const auto wait = [](support::gate& g, int& n) -> jd::task<int> {
      if (++n == 1) co_await g.pass();
      co_return n;
    };
    const int got = co_await jd::retry(jd::retry_policy{.attempts = 100, .backoff = 0ns},
                                       [&] { return jd::with_timeout(20ms, wait(closed, calls)); });
    EXPECT_GE(got, 2);
  });
}

std::vector<std::int64_t> pauses_of(const jd::retry_policy& policy, std::uint64_t random) {
  jd::retry_pauses pauses(policy, random);
  std::vector<std::int64_t> all;
  for (int i = 0; i != 6; ++i) all.push_back(pauses.next().count());
  return all;
}

TEST(RetryPauses, GrowByTheFactorUpToTheLongest) {
  const jd::retry_policy policy{.backoff = 100ns, .factor = 3, .max_backoff = 2000ns};
  EXPECT_EQ(pauses_of(policy, 1), (std::vector<std::int64_t>{100, 300, 900, 2000, 2000, 2000}));
}

TEST(RetryPauses, JitterStaysWithinItsFractionAndFollowsTheSeed) {
  const jd::retry_policy seeded{.backoff = 1000ns, .factor = 1, .jitter = 0.2, .seed = 42};
  const auto all = pauses_of(seeded, 1);
  for (const std::int64_t p : all) {
    EXPECT_GE(p, 800);
    EXPECT_LE(p, 1200);
  }
  EXPECT_NE(all[0], all[1]);
  EXPECT_EQ(all, pauses_of(seeded, 2));
  const jd::retry_policy other{.backoff = 1000ns, .factor = 1, .jitter = 0.2};
  EXPECT_NE(pauses_of(other, 1), pauses_of(other, 2));
}

TEST(RetryPauses, RefuseAPolicyThatMakesNoSense) {
  using error = std::invalid_argument;
  EXPECT_THROW(jd::retry_pauses(jd::retry_policy{.attempts = 0}, 1), error);
  EXPECT_THROW(jd::retry_pauses(jd::retry_policy{.backoff = -1ns}, 1), error);
  EXPECT_THROW(jd::retry_pauses(jd::retry_policy{.factor = 0.5}, 1), error);
  EXPECT_THROW(jd::retry_pauses(jd::retry_policy{.jitter = 1.5}, 1), error);
  EXPECT_THROW(jd::retry_pauses(jd::retry_policy{.max_backoff = -1ns}, 1), error);
}

TEST(Retry, ZeroAttemptsAreRefusedBeforeAnythingRuns) {
  support::run([]() -> jd::task<> {
    int calls = 0;
    const auto how = co_await jd::settle(
        jd::retry(jd::retry_policy{.attempts = 0}, [&] { return succeed_at(calls, 1); }));
    const auto* error = support::as<std::invalid_argument>(how.error());
    EXPECT_NE(error, nullptr);
    if (error != nullptr) {
      EXPECT_NE(std::string(error->what()).find("set it to 1 or more"), std::string::npos);
    }
    EXPECT_EQ(calls, 0);
  });
}

}  // namespace
