// SPDX-License-Identifier: MIT
// Reading by amount, delimiter and line, over a real connection.
#include <gtest/gtest.h>

#include <chrono>

#include <jackdaw/io/buffered_reader.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/timeout.hpp>

#include "core/io/loopback.hpp"

namespace jackdaw {
namespace {

using namespace std::chrono_literals;
using testing::bytes_of;
using testing::connected_pair;
using testing::connection;

/// Runs `check(reader)` on a connection whose peer has sent `text` and ended.
template <class Check>
void with_input(std::string text, Check check, std::size_t at_once = 7) {
  const auto body = [&]() -> task<> {
    connection c = co_await connected_pair();
    co_await c.client.write_all(bytes_of(text));
    co_await c.client.shutdown_write();
    buffered_reader in(c.server, at_once);
    co_await check(in);
  };
  run(body());
}

template <class Error, class T>
bool failed_with(const outcome<T>& o) {
  if (o.error() == nullptr) return false;
  try {
    std::rethrow_exception(o.error());
  } catch (const Error&) {
    return true;
  } catch (...) {
    return false;
  }
}

TEST(buffered_reader, reads_lines_with_either_ending_and_the_unfinished_last_one) {
  with_input("first\r\n\nthird line is longer\nlast", [](buffered_reader& in) -> task<> {
    EXPECT_EQ("first", (co_await in.read_line()).value());
    EXPECT_EQ("", (co_await in.read_line()).value());
    EXPECT_EQ("third line is longer", (co_await in.read_line()).value());
    EXPECT_EQ("last", (co_await in.read_line()).value());
    EXPECT_FALSE((co_await in.read_line()).has_value());
  });
}

TEST(buffered_reader, finds_a_delimiter_that_is_split_between_reads) {
  for (std::size_t at_once = 1; at_once < 16; ++at_once) {
    with_input(
        "GET / HTTP/1.1\r\nHost: x\r\n\r\nbody",
        [](buffered_reader& in) -> task<> {
          EXPECT_EQ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", co_await in.read_until("\r\n\r\n"));
          EXPECT_EQ("body", co_await in.read_exactly(4));
        },
        at_once);
  }
}

TEST(buffered_reader, keeps_everything_when_the_delimiter_is_beyond_the_limit) {
  with_input("0123456789;rest", [](buffered_reader& in) -> task<> {
    const auto limited = co_await settle(in.read_until(";", 10));
    EXPECT_TRUE(failed_with<limit_exceeded>(limited));
    EXPECT_EQ("0123456789;", co_await in.read_until(";", 11));
    EXPECT_EQ("rest", co_await in.read_exactly(4));
  });
}

TEST(buffered_reader, keeps_what_came_when_the_stream_ends_too_early) {
  with_input("short", [](buffered_reader& in) -> task<> {
    const auto exactly = co_await settle(in.read_exactly(6));
    EXPECT_TRUE(failed_with<incomplete_read>(exactly));
    const auto until = co_await settle(in.read_until("!"));
    EXPECT_TRUE(failed_with<incomplete_read>(until));
    EXPECT_EQ("short", co_await in.read_exactly(5));
  });
}

TEST(buffered_reader, loses_nothing_when_a_read_times_out) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    buffered_reader in(c.server);
    co_await c.client.write_all(bytes_of("hel"));
    const auto late = co_await move_on_after(5ms, in.read_line());
    EXPECT_FALSE(late.has_value());
    co_await c.client.write_all(bytes_of("lo\n"));
    EXPECT_EQ("hello", (co_await in.read_line()).value());
  };
  run(body());
}

TEST(buffered_reader, lets_parsers_look_and_take) {
  with_input("abcdef", [](buffered_reader& in) -> task<> {
    while (in.peek().size() < 6) co_await in.fill();
    EXPECT_EQ(std::byte{'a'}, in.peek().front());
    in.consume(4);
    EXPECT_EQ("ef", co_await in.read_exactly(2));
    EXPECT_EQ(0U, co_await in.fill());
  });
}

}  // namespace
}  // namespace jackdaw
