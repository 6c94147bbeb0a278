// SPDX-License-Identifier: MIT
// Addresses as text, and their order.
#include <gtest/gtest.h>

#include <stdexcept>

#include <jackdaw/io/endpoint.hpp>

namespace jackdaw {
namespace {

TEST(endpoint, prints_what_it_parses) {
  for (const char* text : {"127.0.0.1:8080", "[::1]:443", "0.0.0.0:0", "[2001:db8::5]:65535"}) {
    const auto parsed = endpoint::parse(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(text, parsed->to_string());
  }
}

TEST(endpoint, parses_nothing_else) {
  for (const char* text :
       {"", ":1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:1x",
        "::1:80", "[127.0.0.1]:80", "[::1]", "localhost:80", "1.2.3:80"}) {
    EXPECT_FALSE(endpoint::parse(text).has_value()) << text;
  }
}

TEST(endpoint, refuses_a_host_name_and_says_so) {
  EXPECT_THROW(endpoint("localhost", 80), std::invalid_argument);
}

TEST(endpoint, is_ordered_by_family_then_address_then_port) {
  const endpoint a("127.0.0.1", 2);
  const endpoint b("127.0.0.2", 1);
  const endpoint c("::1", 1);
  EXPECT_LT(a, b);
  EXPECT_LT(b, c);
  EXPECT_LT(endpoint("127.0.0.1", 1), a);
  EXPECT_EQ(a, endpoint("127.0.0.1", 2));
  EXPECT_TRUE(c.is_v6());
}

}  // namespace
}  // namespace jackdaw
