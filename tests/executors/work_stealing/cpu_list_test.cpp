// SPDX-License-Identifier: MIT
// Tests of work_stealing::cpus_of_list: what the kernel writes, and what it would not.
#include "work_stealing/cpu_list.hpp"

#include <initializer_list>

#include <gtest/gtest.h>

namespace {

using jackdaw::work_stealing::cpu_set;
using jackdaw::work_stealing::cpus_of_list;

cpu_set cpus(std::initializer_list<std::size_t> numbers) {
  cpu_set set;
  for (const std::size_t n : numbers) set.set(n);
  return set;
}

TEST(CpuList, HasNumbersAndRanges) {
  EXPECT_EQ(cpus_of_list("0"), cpus({0}));
  EXPECT_EQ(cpus_of_list("0-3"), cpus({0, 1, 2, 3}));
  EXPECT_EQ(cpus_of_list("0-3,8,10-11"), cpus({0, 1, 2, 3, 8, 10, 11}));
  EXPECT_EQ(cpus_of_list("5-5"), cpus({5}));
  EXPECT_EQ(cpus_of_list("1023"), cpus({1023}));
}

TEST(CpuList, MayBeEmptyAsForANodeThatHasOnlyMemory) { EXPECT_EQ(cpus_of_list(""), cpu_set{}); }

TEST(CpuList, IsNothingElse) {
  for (const char* text : {"x",
                           " 0",
                           "0 ",
                           "0-",
                           "-3",
                           "3-1",
                           "0,",
                           ",0",
                           "0,,1",
                           "0-1-2",
                           "0x3",
                           "+1",
                           "0-3:1/2",
                           "0-3\n",
                           "\n",
                           "1024",
                           "0-1024",
                           "0-99999999999999999999",
                           "99999999999999999999",
                           "ff,ff"}) {
    EXPECT_EQ(cpus_of_list(text), std::nullopt) << '"' << text << '"';
  }
}

}  // namespace
