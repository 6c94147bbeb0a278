// SPDX-License-Identifier: MIT
// What the server refuses to bear: too many requests (503), slow handlers (504), slow clients.
#include <gtest/gtest.h>

#include "server/blocking_client.hpp"
#include "server/served.hpp"

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

namespace server_tests {
namespace {

using http::request;
using http::response;
using server::handler_kind;
namespace jd = jackdaw;

/// Lets the server go on until `condition()` holds.
template <class Condition>
void until(Condition condition) {
  while (!condition()) std::this_thread::yield();
}

/// Answers once `open` is set.
jd::task<response> wait_for(jd::event& open, const request&) {
  co_await open.wait();
  co_return response{.body = "at last"};
}

TEST(server_limits, refuses_with_503_what_is_more_than_may_wait_at_once) {
  jd::event open;
  served s({.request_timeout = 60s, .idle_timeout = 60s, .max_waiting_requests = 1},
           [&](server::service& of) {
             of.add("/wait", handler_kind::waiting, std::bind_front(wait_for, std::ref(open)));
           });
  blocking_client first(s.port());
  first.send("GET /wait HTTP/1.1\r\n\r\n");
  until([&] { return s.get().waiting.inside() == 1; });
  blocking_client second(s.port());
  const answer refused = second.get("/wait");
  EXPECT_EQ(503, refused.status);
  EXPECT_TRUE(refused.has("Retry-After: 1"));
  open.set();
  EXPECT_EQ("at last", first.read_answer().body);
  EXPECT_EQ(200, second.get("/wait").status);  // there is room again, on the same connection
  EXPECT_EQ(1U, s.get().answers[5].read());
}

TEST(server_limits, answers_504_after_a_handler_that_overran_its_deadline_has_ended) {
  std::atomic<bool> ended{false};
  const auto overrun = [&](const request&) -> jd::task<response> {
    struct at_end {
      std::atomic<bool>* flag;
      ~at_end() { flag->store(true); }
    } const sign{&ended};
    jd::event never;
    co_await never.wait();
    co_return response{};
  };
  served s({.request_timeout = 30ms, .idle_timeout = 60s, .max_waiting_requests = 64},
           [&](server::service& of) { of.add("/overrun", handler_kind::waiting, overrun); });
  blocking_client client(s.port());
  client.send("GET /overrun HTTP/1.1\r\n\r\n");
  EXPECT_EQ(504, client.read_answer().status);
  EXPECT_TRUE(ended.load());
  EXPECT_EQ(404, client.get("/").status);  // the connection lives on
}

TEST(server_limits, answers_500_when_a_handler_throws_and_goes_on) {
  const auto broken = [](const request&) -> jd::task<response> {
    co_await jd::yield();
    throw std::runtime_error("secret");
  };
  served s(patient, [&](server::service& of) { of.add("/", handler_kind::waiting, broken); });
  blocking_client client(s.port());
  for (int i = 0; i < 3; ++i) {
    const answer got = client.get("/");
    EXPECT_EQ(500, got.status);
    EXPECT_EQ(std::string::npos, got.body.find("secret"));
  }
}

TEST(server_limits, drops_a_client_that_begins_a_request_and_does_not_end_it) {
  served s({.request_timeout = 30ms, .idle_timeout = 60s, .max_waiting_requests = 64});
  blocking_client client(s.port());
  client.send("GET / HTTP/1.1\r\nHost: ");
  EXPECT_EQ("", client.read_to_end());
  EXPECT_EQ(1U, s.get().dropped.read());
}

TEST(server_limits, drops_a_client_that_goes_on_sending_a_request_without_end) {
  served s({.request_timeout = 50ms, .idle_timeout = 60s, .max_waiting_requests = 64});
  blocking_client client(s.port());
  client.send("GET / HTTP/1.1\r\n");
  // Each line comes in time, but the deadline is the whole request's.
  while (!client.hears_within(5)) client.send("X: y\r\n");
  until([&] { return s.get().dropped.read() == 1; });
  EXPECT_EQ(0U, s.get().answered());
}

TEST(server_limits, drops_a_client_that_does_not_take_its_answer) {
  const auto large = [](const request&) -> jd::task<response> {
    co_return response{.body = std::string(32 * 1024 * 1024, 'x')};
  };
  served s({.request_timeout = 50ms, .idle_timeout = 60s, .max_waiting_requests = 64},
           [&](server::service& of) { of.add("/", handler_kind::immediate, large); });
  blocking_client client(s.port(), 4096);
  client.send("GET / HTTP/1.1\r\n\r\n");
  until([&] { return s.get().dropped.read() == 1; });
}

TEST(server_limits, closes_a_connection_on_which_nothing_is_asked_and_calls_it_no_fault) {
  served s({.request_timeout = 60s, .idle_timeout = 30ms, .max_waiting_requests = 64});
  blocking_client client(s.port());
  EXPECT_EQ("hello", client.get("/").body);
  EXPECT_EQ("", client.read_to_end());
  EXPECT_EQ(0U, s.get().dropped.read());
}

TEST(server_limits, a_client_that_leaves_in_the_middle_harms_nobody) {
  jd::event open;
  served s(patient, [&](server::service& of) {
    of.add("/wait", handler_kind::waiting, std::bind_front(wait_for, std::ref(open)));
  });
  {
    blocking_client leaving(s.port());
    leaving.send("GET /wait HTTP/1.1\r\n\r\nGET /wa");
    until([&] { return s.get().waiting.inside() == 1; });
  }
  open.set();
  blocking_client client(s.port());
  EXPECT_EQ("at last", client.get("/wait").body);
  until([&] { return s.get().answered() == 2; });
}

TEST(server_limits, on_a_stop_the_request_in_flight_is_answered_and_kept_connections_are_closed) {
  jd::event open;
  served s(patient, [&](server::service& of) {
    of.add("/wait", handler_kind::waiting, std::bind_front(wait_for, std::ref(open)));
  });
  blocking_client idle(s.port());
  EXPECT_EQ(404, idle.get("/nothing").status);
  blocking_client asking(s.port());
  asking.send("GET /wait HTTP/1.1\r\n\r\n");
  until([&] { return s.get().waiting.inside() == 1; });
  s.begin_to_stop();
  EXPECT_EQ("", idle.read_to_end());
  idle.shutdown_write();
  open.set();
  const answer last = asking.read_answer();
  EXPECT_EQ("at last", last.body);
  EXPECT_TRUE(last.has("Connection: close"));
  EXPECT_EQ("", asking.read_to_end());
  asking.shutdown_write();
  EXPECT_TRUE(s.ends_soon());
  EXPECT_EQ(s.get().requests.read(), s.get().answered());
}

}  // namespace
}  // namespace server_tests
