// SPDX-License-Identifier: MIT
// TCP connections on the real runtime: bytes, ends, faults and cancellation.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>

#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/sync/semaphore.hpp>
#include <jackdaw/yield.hpp>

#include "core/io/loopback.hpp"

namespace jackdaw {
namespace {

using namespace std::chrono_literals;
using testing::bytes_of;
using testing::connected_pair;
using testing::connection;
using testing::error_number;
using testing::read_text;
using testing::read_to_end;

/// So that writes have to wait.
void shrink_send_buffer(const tcp_stream& stream) {
  const int size = 4096;
  ASSERT_EQ(0, ::setsockopt(stream.native_handle(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
}

/// Closing sends a reset instead of an end.
void reset_at_close(const tcp_stream& stream) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ASSERT_EQ(0, ::setsockopt(stream.native_handle(), SOL_SOCKET, SO_LINGER, &now, sizeof now));
}

task<> send_and_end(tcp_stream& stream, std::string text) {
  co_await stream.write_all(bytes_of(text));
  co_await stream.shutdown_write();
}

task<std::size_t> read_a_byte(const tcp_stream& stream) {
  std::byte one{};
  co_return co_await stream.read_some(std::span(&one, 1));
}

std::string pattern(std::size_t n) {
  std::string text(n, '\0');
  std::uint32_t state = 1;
  for (char& c : text) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24);
  }
  return text;
}

TEST(tcp_stream, carries_bytes_both_ways_and_then_the_end) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    co_await c.client.write_all(bytes_of("ping"));
    EXPECT_EQ("ping", co_await read_text(c.server, 4));
    co_await send_and_end(c.server, "pong");
    EXPECT_EQ("pong", co_await read_to_end(c.client));
    EXPECT_EQ(c.client.local_endpoint(), c.server.remote_endpoint());
    EXPECT_EQ(c.client.remote_endpoint(), c.server.local_endpoint());
  };
  run(body());
}

TEST(tcp_stream, finds_the_end_that_comes_in_one_edge_with_the_last_bytes) {
  const auto body = []() -> task<> {
    for (int i = 0; i < 200; ++i) {
      connection c = co_await connected_pair();
      auto [ignored, text] =
          co_await gather(send_and_end(c.client, "last words"), read_to_end(c.server));
      EXPECT_EQ("last words", text);
    }
  };
  run(body());
}

TEST(tcp_stream, writes_more_than_the_kernel_takes_without_loss_or_doubling) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    shrink_send_buffer(c.client);
    const std::string text = pattern(1 << 20);
    auto [ignored, got] = co_await gather(send_and_end(c.client, text), read_to_end(c.server));
    EXPECT_TRUE(got == text);
  };
  run(body());
}

task<> send_parts(tcp_stream& stream, std::span<const std::span<const std::byte>> parts) {
  co_await stream.write_all(parts);
  co_await stream.shutdown_write();
}

TEST(tcp_stream, writes_many_parts_in_order) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    shrink_send_buffer(c.client);
    const std::string text = pattern(300'000);
    std::vector<std::span<const std::byte>> parts;
    for (std::size_t at = 0, size = 0; at < text.size(); at += size, size = size % 3001 + 1) {
      parts.push_back(bytes_of(std::string_view(text).substr(at, size)));
    }
    auto [ignored, got] = co_await gather(send_parts(c.client, parts), read_to_end(c.server));
    EXPECT_TRUE(got == text);
  };
  run(body());
}

TEST(tcp_stream, refuses_a_second_reader_with_EBUSY) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    auto readers = [&](task_group& group) -> task<> {
      auto first = group.spawn(read_a_byte, std::ref(c.server));
      auto second = group.spawn(read_a_byte, std::ref(c.server));
      // Whichever comes second fails at once; then a byte lets the other one go.
      while (!first.done() && !second.done()) co_await yield();
      co_await c.client.write_all(bytes_of("x"));
      const auto a = co_await settle(first);
      const auto b = co_await settle(second);
      EXPECT_EQ(EBUSY, error_number(a) + error_number(b));
    };
    const auto all = co_await settle(with_task_group(readers));
    EXPECT_NE(nullptr, all.error());
  };
  run(body());
}

TEST(tcp_stream, close_wakes_who_waits_with_ECANCELED) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    auto [reader, closer] = co_await gather_settled(read_a_byte(c.server), c.server.close());
    EXPECT_EQ(ECANCELED, error_number(reader));
    const auto later = co_await settle(c.server.write_some(bytes_of("x")));
    EXPECT_EQ(ECANCELED, error_number(later));
    EXPECT_EQ("", co_await read_to_end(c.client));
  };
  run(body());
}

TEST(tcp_stream, a_reset_wakes_who_waits_with_ECONNRESET) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    reset_at_close(c.client);
    auto [reader, closer] = co_await gather_settled(read_a_byte(c.server), c.client.close());
    EXPECT_EQ(ECONNRESET, error_number(reader));
  };
  run(body());
}

TEST(tcp_stream, writing_to_a_reset_connection_is_an_error_and_no_signal) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    reset_at_close(c.client);
    co_await c.client.close();
    const auto first = co_await settle(read_a_byte(c.server));
    EXPECT_EQ(ECONNRESET, error_number(first));
    const auto second = co_await settle(c.server.write_all(bytes_of("x")));
    EXPECT_EQ(EPIPE, error_number(second));
  };
  run(body());
}

TEST(tcp_stream, says_who_refused_the_connection) {
  const auto body = []() -> task<> {
    endpoint nobody;
    {
      const tcp_listener listener = tcp_listener::bind(endpoint("127.0.0.1", 0));
      nobody = listener.local_endpoint();
    }
    const auto refused = co_await settle(tcp_stream::connect(nobody));
    EXPECT_EQ(ECONNREFUSED, error_number(refused));
    try {
      std::rethrow_exception(refused.error());
    } catch (const std::exception& e) {
      EXPECT_NE(std::string::npos, std::string(e.what()).find("connect to " + nobody.to_string()))
          << e.what();
    }
  };
  run(body());
}

TEST(tcp_stream, connects_by_name_to_the_family_that_answers) {
  const auto body = []() -> task<> {
    const tcp_listener listener = tcp_listener::bind(endpoint("127.0.0.1", 0));
    const std::uint16_t port = listener.local_endpoint().port();
    auto [client, server] =
        co_await gather(tcp_stream::connect("localhost", port), testing::accept_one(listener));
    co_await send_and_end(server, "hello");
    EXPECT_EQ("hello", co_await read_to_end(client));
  };
  run(body());
}

TEST(tcp_stream, S33_timed_out_reads_leave_no_waiter_and_lose_no_byte) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    for (int i = 0; i < 2000; ++i) {
      const auto n = co_await move_on_after(20us, read_a_byte(c.server));
      EXPECT_FALSE(n.has_value());
    }
    co_await c.client.write_all(bytes_of("whole"));
    EXPECT_EQ("whole", co_await read_text(c.server, 5));
  };
  run(body());
}

TEST(tcp_stream, S35_a_read_that_races_its_deadline_gives_each_byte_once) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    const std::string text = pattern(3000);
    semaphore attempts(0);
    auto send_at_each_attempt = [&]() -> task<> {
      for (const char& one : text) {
        (co_await attempts.acquire()).keep();
        co_await c.client.write_all(bytes_of(std::string_view(&one, 1)));
      }
      co_await c.client.shutdown_write();
    };
    auto receive = [&]() -> task<std::string> {
      std::string got;
      for (int i = 0;; ++i) {
        char one = 0;
        attempts.release();
        const auto limit = std::chrono::microseconds(i % 50);
        const auto n = co_await move_on_after(
            limit, c.server.read_some(std::as_writable_bytes(std::span(&one, 1))));
        if (!n.has_value()) continue;
        if (*n == 0) co_return got;
        got += one;
      }
    };
    auto [ignored, got] = co_await gather(send_at_each_attempt(), receive());
    EXPECT_TRUE(got == text);
  };
  run(body());
}

TEST(tcp_stream, S19_a_cancelled_scope_starts_no_operation) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    co_await c.client.write_all(bytes_of("x"));
    bool read = false;
    auto cancelled_reader = [&](cancel_scope& scope) -> task<> {
      scope.cancel();
      co_await read_a_byte(c.server);
      read = true;
    };
    co_await with_cancel_scope(cancelled_reader);
    EXPECT_FALSE(read);
    EXPECT_EQ("x", co_await read_text(c.server, 1));
  };
  run(body());
}

TEST(tcp_stream, S19_a_connect_by_name_in_a_cancelled_scope_ends_as_cancelled) {
  const auto body = []() -> task<> {
    const tcp_listener listener = tcp_listener::bind(endpoint("127.0.0.1", 0));
    auto connect = [&](cancel_scope& scope) -> task<> {
      scope.cancel();
      const auto end =
          co_await settle(tcp_stream::connect("127.0.0.1", listener.local_endpoint().port()));
      EXPECT_TRUE(end.cancelled());
    };
    co_await with_cancel_scope(connect);
  };
  run(body());
}

TEST(tcp_stream, a_descriptor_that_is_used_again_gets_no_event_of_the_old_one) {
  const auto body = []() -> task<> {
    const tcp_listener listener = tcp_listener::bind(endpoint("127.0.0.1", 0));
    for (int i = 0; i < 500; ++i) {
      connection c = co_await testing::connect_to(listener);
      auto [reader, closer] = co_await gather_settled(read_a_byte(c.server), c.server.close());
      EXPECT_EQ(ECANCELED, error_number(reader));
      connection next = co_await testing::connect_to(listener);
      co_await next.client.write_all(bytes_of("n"));
      EXPECT_EQ("n", co_await read_text(next.server, 1));
    }
  };
  run(body());
}

TEST(tcp_stream, ready_operations_let_others_run) {
  const auto body = []() -> task<> {
    connection c = co_await connected_pair();
    bool stop = false;
    auto chatter = [&]() -> task<> {
      while (!stop) {
        co_await c.client.write_all(bytes_of("x"));
        co_await read_a_byte(c.server);
      }
    };
    auto stopper = [&]() -> task<> {
      stop = true;
      co_return;
    };
    co_await gather(chatter(), stopper());
  };
  runtime one(runtime_options{.workers = 1});
  one.run(body());
}

}  // namespace
}  // namespace jackdaw
