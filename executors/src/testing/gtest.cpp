// SPDX-License-Identifier: MIT
#include <jackdaw/testing/gtest.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>

#include <jackdaw/cancellation/cancelled.hpp>
#include <jackdaw/diagnostics/task_tree.hpp>
#include <jackdaw/executors/simulation.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/submission.hpp>

namespace jackdaw::testing {

namespace {

std::uint64_t seed_of_test = 0;  // written before the tasks of a test begin

/// The number in an environment variable, or `otherwise`.
std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string tree() {
  std::ostringstream out;
  dump_tasks(out);
  return out.str();
}

/// The shortest command that runs this test with this seed again.
std::string replay_command() {
  std::ifstream file("/proc/self/cmdline");
  std::string program;
  std::getline(file, program, '\0');
  const auto& test = *::testing::UnitTest::GetInstance()->current_test_info();
  return "JACKDAW_SEED=" + std::to_string(seed_of_test) + " " + program +
         " --gtest_filter=" + test.test_suite_name() + "." + test.name();
}

/// While it lives, a failed EXPECT_* is followed by the tree of tasks.
class tree_at_failure final : public ::testing::EmptyTestEventListener {
 public:
  tree_at_failure() { listeners().Append(this); }
  ~tree_at_failure() override { listeners().Release(this); }

 private:
  static ::testing::TestEventListeners& listeners() {
    return ::testing::UnitTest::GetInstance()->listeners();
  }
  void OnTestPartResult(const ::testing::TestPartResult& r) override {
    if (!r.failed()) return;
    if (const std::string tasks = tree(); !tasks.empty()) {
      std::cout << "Tasks that have waited so far:\n" << tasks << std::flush;
    }
  }
};

/// Notes what a body threw. Called in a handler.
void note_exception() {
  try {
    throw;
  } catch (const requirement_failed&) {
    // noted where it was thrown
  } catch (const std::exception& e) {
    ADD_FAILURE() << "the body of the test threw\n" << e.what();
  } catch (const cancelled& c) {
    ADD_FAILURE() << "the body of the test was cancelled: " << c.reason().text();
  } catch (...) {
    ADD_FAILURE() << "the body of the test threw something that is no std::exception";
  }
}

simulation_options drawn_from(std::uint64_t seed) {
  simulation_options o;
  o.seed = seed;
  o.workers = 1 + seed / 2 % 4;
  o.order = seed % 2 == 0 ? simulation_order::random : simulation_order::priorities;
  o.depth = 2 + static_cast<std::uint32_t>(seed / 8 % 2);
  o.expected_steps = 200;
  return o;
}

}  // namespace

std::uint64_t seed() noexcept { return seed_of_test; }

void require(bool condition, std::source_location where) {
  if (condition) return;
  const std::string text = "a requirement does not hold: " + std::string(where.file_name()) + ":" +
                           std::to_string(where.line());
  ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line())) << "require() was given false";
  throw requirement_failed(text);
}

void run_on_runtime(body b) {
  seed_of_test = setting("JACKDAW_SEED", std::random_device{}());
  const std::chrono::seconds limit(setting("JACKDAW_TEST_DEADLINE", 60));
  const tree_at_failure listener;
  runtime rt;
  auto submitted = rt.submit(b());
  if (!submitted.wait_for(limit)) {
    ADD_FAILURE() << "the test has not ended within " << limit.count() << " s; it is cancelled";
    submitted.cancel("the test's deadline has passed");
    if (!submitted.wait_for(std::chrono::seconds(10))) {
      std::fputs("the test does not end even though it was cancelled\n", stderr);
      std::abort();
    }
    return;
  }
  try {
    submitted.get();
  } catch (...) {
    note_exception();
  }
  if (::testing::Test::HasFailure()) std::cout << "To run it again: " << replay_command() << '\n';
}

void run_in_simulations(body b) {
  const bool replay = std::getenv("JACKDAW_SEED") != nullptr;
  const std::uint64_t first = setting("JACKDAW_SEED", 1);
  const std::uint64_t count = replay ? 1 : setting("JACKDAW_SCHEDULES", 32);
  const tree_at_failure listener;
  for (std::uint64_t i = 0; i != count; ++i) {
    seed_of_test = first + i;
    simulation sim(drawn_from(seed_of_test));
    try {
      sim.run(b());
    } catch (...) {
      note_exception();
    }
    if (!::testing::Test::HasFailure()) continue;
    std::cout << "This was simulation " << i + 1 << " of " << count
              << ". To run it again: " << replay_command() << '\n';
    return;
  }
}

}  // namespace jackdaw::testing
