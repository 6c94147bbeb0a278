// SPDX-License-Identifier: MIT
// The cancellation sweep over all awaitables: exactly one outcome, no leak, no
// hang, permits and items conserved. JACKDAW_SCHEDULES: seeds for each step
// (default 30).
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "simulation/sweep.hpp"

namespace {

using sweep::attack;
using sweep::extent;
using sweep::subject;

std::vector<subject> all_subjects() {
  std::vector<subject> all;
  for (const auto* table :
       {&sweep::basic_subjects(), &sweep::sync_subjects(), &sweep::meeting_subjects(),
        &sweep::structured_subjects(), &sweep::flow_subjects(), &sweep::io_subjects()}) {
    all.insert(all.end(), table->begin(), table->end());
  }
  return all;
}

std::uint64_t seeds() {
  const char* const wanted = std::getenv("JACKDAW_SCHEDULES");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 30;
}

std::string named(const testing::TestParamInfo<subject>& each) { return each.param.name; }

class Sweep : public testing::TestWithParam<subject> {
 protected:
  void sweep_with(attack how) {
    for (const extent what : {extent::part, extent::whole}) {
      SCOPED_TRACE(what == extent::part ? "a part" : "the whole");
      const sweep::summary done = sweep::sweep_over(GetParam(), how, what, seeds());
      // Frames that were freed before are used again without an allocation,
      // outside of sanitizers.
      EXPECT_TRUE(done.strikes != 0 || how == attack::allocation) << "the attack never hit";
      RecordProperty(what == extent::part ? "part" : "whole", std::to_string(done.schedules));
    }
  }
};

TEST_P(Sweep, cancelled_at_any_step) { sweep_with(attack::cancel); }
TEST_P(Sweep, beside_an_error_at_any_step) { sweep_with(attack::error); }
TEST_P(Sweep, timed_out_at_any_step) { sweep_with(attack::timeout); }

TEST_P(Sweep, at_any_allocation) { sweep_with(attack::allocation); }

INSTANTIATE_TEST_SUITE_P(every_awaitable, Sweep, testing::ValuesIn(all_subjects()), named);

}  // namespace
