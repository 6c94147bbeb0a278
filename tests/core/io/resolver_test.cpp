// SPDX-License-Identifier: MIT
// Host names and addresses.
#include <gtest/gtest.h>

#include <algorithm>

#include <jackdaw/io/resolver.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/settle.hpp>

namespace jackdaw {
namespace {

TEST(resolver, knows_localhost_and_takes_addresses_as_they_are) {
  const auto body = []() -> task<> {
    const resolver names;
    const auto local = co_await names.resolve("localhost", 80);
    const auto is_loopback = [](const endpoint& e) {
      return e == endpoint("127.0.0.1", 80) || e == endpoint("::1", 80);
    };
    EXPECT_TRUE(std::ranges::all_of(local, is_loopback));
    const auto address = co_await names.resolve("192.0.2.7", 443);
    EXPECT_EQ(std::vector{endpoint("192.0.2.7", 443)}, address);
  };
  run(body());
}

TEST(resolver, names_the_host_that_it_does_not_find) {
  const auto body = []() -> task<> {
    const auto o = co_await settle(resolver().resolve("no such host!", 80));
    try {
      std::rethrow_exception(o.error());
    } catch (const std::system_error& e) {
      EXPECT_EQ(resolver_category(), e.code().category());
      EXPECT_NE(std::string::npos, std::string(e.what()).find("no such host!"));
    }
  };
  run(body());
}

}  // namespace
}  // namespace jackdaw
