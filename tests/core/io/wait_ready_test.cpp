// SPDX-License-Identifier: MIT
// Waiting for somebody else's descriptor.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include <jackdaw/io/wait_ready.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/timeout.hpp>

#include "core/io/loopback.hpp"

namespace jackdaw {
namespace {

using namespace std::chrono_literals;

TEST(wait_readable, returns_when_there_is_something_to_read_and_not_before) {
  const auto body = []() -> task<> {
    std::array<int, 2> ends{};
    EXPECT_EQ(0, ::pipe(ends.data()));
    const bool early = co_await move_on_after(5ms, wait_readable(ends[0]));
    EXPECT_FALSE(early);
    auto send = [&]() -> task<> {
      EXPECT_EQ(1, ::write(ends[1], "x", 1));
      co_return;
    };
    co_await gather(wait_readable(ends[0]), wait_readable(ends[0]), send());
    co_await wait_writable(ends[1]);
    ::close(ends[0]);
    ::close(ends[1]);
  };
  run(body());
}

TEST(wait_readable, refuses_a_descriptor_that_is_not_open) {
  const auto body = []() -> task<> {
    const auto o = co_await settle(wait_readable(1'000'000));
    EXPECT_EQ(EBADF, testing::error_number(o));
  };
  run(body());
}

}  // namespace
}  // namespace jackdaw
