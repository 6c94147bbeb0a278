// SPDX-License-Identifier: MIT
// What the server makes of requests, good and bad: pipelining, 400, 404, 405, 413, 431.
#include <gtest/gtest.h>

#include "server/blocking_client.hpp"
#include "server/served.hpp"

#include <string>

namespace server_tests {
namespace {

using http::request;
using http::response;
namespace jd = jackdaw;

jd::task<response> echo_target(const request& r) { co_return response{.body = r.target}; }
jd::task<response> yield_and_echo(const request& r) {
  co_await jd::yield();
  co_return response{.body = r.target};
}
void add_echo_routes(server::service& of) {
  of.add("/now", server::handler_kind::immediate, echo_target);
  of.add("/later", server::handler_kind::waiting, yield_and_echo);
}

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

/// Of the answer to this and nothing else.
int status_after(const std::string& bytes) {
  served s(patient);
  blocking_client client(s.port());
  client.send(bytes);
  return client.read_answer().status;
}

TEST(server_protocol, answers_pipelined_requests_in_their_order) {
  served s(patient, add_echo_routes);
  blocking_client client(s.port());
  std::string many;
  for (int i = 0; i < 200; ++i) many += get((i % 3 == 0 ? "/later?" : "/now?") + std::to_string(i));
  ASSERT_TRUE(client.send(many));
  for (int i = 0; i < 200; ++i) {
    const answer got = client.read_answer();
    EXPECT_EQ(200, got.status);
    EXPECT_EQ((i % 3 == 0 ? "/later?" : "/now?") + std::to_string(i), got.body);
  }
}

TEST(server_protocol, takes_a_request_that_comes_byte_by_byte) {
  served s(patient, add_echo_routes);
  blocking_client client(s.port());
  for (const char byte : get("/now?1") + get("/now?2")) ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ("/now?1", client.read_answer().body);
  EXPECT_EQ("/now?2", client.read_answer().body);
}

TEST(server_protocol, keeps_a_connection_until_the_client_asks_to_close_it) {
  served s(patient);
  blocking_client client(s.port());
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(client.get("/").has("Connection: close"));
  client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.read_answer().has("Connection: close"));
  EXPECT_EQ("", client.read_to_end());
  EXPECT_EQ(1U, s.get().connections.read());
}

TEST(server_protocol, closes_after_a_request_of_http_1_0) {
  served s(patient);
  blocking_client client(s.port());
  client.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ("hello", client.read_answer().body);
  EXPECT_EQ("", client.read_to_end());
}

TEST(server_protocol, answers_what_was_whole_when_the_client_has_closed_its_side) {
  served s(patient, add_echo_routes);
  blocking_client client(s.port());
  client.send(get("/later?1") + get("/later?2") + "GET /lat");
  client.shutdown_write();
  EXPECT_EQ("/later?1", client.read_answer().body);
  EXPECT_EQ("/later?2", client.read_answer().body);
  EXPECT_EQ("", client.read_to_end());
}

TEST(server_protocol, refuses_what_is_no_http_with_400_after_it_answered_what_came_before) {
  served s(patient);
  blocking_client client(s.port());
  client.send(get("/") + "nonsense\r\n\r\n" + get("/"));
  EXPECT_EQ(200, client.read_answer().status);
  const answer refused = client.read_answer();
  EXPECT_EQ(400, refused.status);
  EXPECT_TRUE(refused.has("Connection: close"));
  EXPECT_EQ("", client.read_to_end());  // what follows cannot be understood
}

TEST(server_protocol, refuses_lengths_that_contradict_each_other) {
  EXPECT_EQ(400,
            status_after("GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"));
}

TEST(server_protocol, refuses_a_header_that_is_too_large_with_431) {
  EXPECT_EQ(431, status_after("GET / HTTP/1.1\r\nX: " + std::string(64 * 1024, 'x') + "\r\n\r\n"));
}

TEST(server_protocol, refuses_a_target_that_is_too_large_with_431) {
  EXPECT_EQ(431, status_after(get("/" + std::string(64 * 1024, 'x'))));
}

TEST(server_protocol, refuses_a_body_that_is_announced_too_large_with_413) {
  EXPECT_EQ(413, status_after("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"));
}

TEST(server_protocol, refuses_a_body_in_chunks_that_grows_too_large_with_413) {
  served s(patient);
  blocking_client client(s.port());
  client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  for (int i = 0; i < 32 && client.send(chunk); ++i) {
  }
  // The client was still sending: the answer must not be destroyed by a reset.
  EXPECT_EQ(413, client.read_answer().status);
}

TEST(server_protocol, takes_the_body_of_a_request_before_it_answers_it) {
  served s(patient);
  blocking_client client(s.port());
  const std::string body = "GET / HTTP/1.1\r\n\r\n";  // looks like a request, and is none
  client.send("GET / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
              body + get("/"));
  EXPECT_EQ(200, client.read_answer().status);
  EXPECT_EQ(200, client.read_answer().status);
  EXPECT_EQ(2U, s.get().requests.read());
}

TEST(server_protocol, tells_a_client_that_waits_for_it_to_send_its_body) {
  served s(patient);
  blocking_client client(s.port());
  client.send("GET / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(100, client.read_answer().status);
  client.send("abc");
  EXPECT_EQ(200, client.read_answer().status);
}

TEST(server_protocol, knows_get_and_head_and_answers_others_with_405) {
  served s(patient);
  blocking_client client(s.port());
  client.send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab");
  const answer refused = client.read_answer();
  EXPECT_EQ(405, refused.status);
  EXPECT_TRUE(refused.has("Allow: GET, HEAD"));
  client.send("HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(client.read_answer(false).has("Content-Length: 5"));
  EXPECT_EQ(404, client.get("/nowhere").status);  // no byte of a body came with HEAD's answer
}

}  // namespace
}  // namespace server_tests
