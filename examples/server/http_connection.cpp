// SPDX-License-Identifier: MIT
#include "http_connection.hpp"

#include <chrono>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>

namespace server {

namespace jd = jackdaw;

namespace {

// The largest header must fit in the input at once; bodies are taken out of it as they come.
constexpr http::parse_limits limits{.header_bytes = 16 * 1024, .body_bytes = 1024 * 1024};
constexpr std::size_t first_input_bytes = 4 * 1024;
constexpr std::size_t most_input_bytes = 2 * limits.header_bytes;
constexpr std::size_t output_bytes_before_flush = 64 * 1024;
constexpr std::chrono::seconds time_to_take_last_answer{1};

int status_for(http::parse_status why) {
  if (why == http::parse_status::header_too_large) return 431;
  if (why == http::parse_status::body_too_large) return 413;
  return 400;
}

}  // namespace

http_connection::http_connection(service& of, jd::tcp_stream stream)
    : service_(of), stream_(std::move(stream)), parser_(limits), input_(first_input_bytes) {}

jd::task<> http_connection::run() {
  for (;;) {
    const next_step next = co_await answer_complete_requests();
    co_await flush();
    if (next == next_step::close) break;
    const bool more = co_await read_more();
    if (!more) break;
  }
  co_await close_after_answer();
}

jd::task<http_connection::next_step> http_connection::answer_complete_requests() {
  while (parsed_ != filled_) {
    const http::parse_result result = parser_.parse(unparsed());
    parsed_ += result.consumed;
    if (result.status == http::parse_status::need_more) {
      if (parser_.take_expects_continue()) output_.append("HTTP/1.1 100 Continue\r\n\r\n");
      break;
    }
    if (result.status != http::parse_status::complete) co_return refuse(result.status);
    co_await answer_one();
    if (!keep_alive_) co_return next_step::close;
    if (output_.size() > output_bytes_before_flush) co_await flush();
  }
  co_return next_step::read_more;
}

jd::task<> http_connection::answer_one() {
  const http::request& request = parser_.get();
  const http::response answer = co_await handle(service_, request);
  keep_alive_ = request.keep_alive && !service_.idle.stopped();
  http::append(output_, answer, {.keep_alive = keep_alive_, .with_body = request.method != "HEAD"});
  parser_.next();
}

http_connection::next_step http_connection::refuse(http::parse_status why) {
  const int status = status_for(why);
  service_.requests.add(1);
  http::append(output_, http::plain_status(status), {.keep_alive = false});
  service_.answers[static_cast<std::size_t>(status / 100)].add(1);
  return next_step::close;
}

jd::task<> http_connection::flush() {
  if (output_.empty()) co_return;
  co_await jd::with_timeout(service_.limits.request_timeout,
                            stream_.write_all(std::as_bytes(std::span(output_))));
  output_.clear();
}

/// False: the client has sent all that it will, or the service stops.
jd::task<bool> http_connection::read_more() {
  const bool between_requests = !parser_.started() && parsed_ == filled_;
  const std::span<std::byte> room = make_room();
  if (room.empty()) {
    // Only a line that Beast must see whole, such as a chunk's, can fill the input.
    refuse(http::parse_status::header_too_large);
    co_await flush();
    co_return false;
  }
  std::size_t n = 0;
  if (between_requests) {
    n = co_await read_between_requests(room);
    request_deadline_ = jd::clock::now() + service_.limits.request_timeout;
  } else {
    n = co_await jd::with_deadline(request_deadline_, stream_.read_some(room));
  }
  filled_ += n;
  co_return n != 0;
}

jd::task<std::size_t> http_connection::read_between_requests(std::span<std::byte> into) {
  try {
    auto listed_read = [this, into](jd::timeout_scope& deadline) -> jd::task<std::size_t> {
      const idle_reads::entry listed(service_.idle, deadline);
      co_return co_await stream_.read_some(into);
    };
    co_return co_await jd::with_timeout(service_.limits.idle_timeout, listed_read);
  } catch (const jd::timeout_error&) {
    co_return 0;
  }
}

std::span<std::byte> http_connection::make_room() {
  if (parsed_ != 0) {
    std::memmove(input_.data(), input_.data() + parsed_, filled_ - parsed_);
    filled_ -= parsed_;
    parsed_ = 0;
  }
  if (filled_ == input_.size() && input_.size() < most_input_bytes) input_.resize(2 * filled_);
  return std::as_writable_bytes(std::span(input_).subspan(filled_));
}

/// Closing with input unread would reset the connection and could destroy the answer on its way, so
/// the client is given a moment to take it and close its side.
jd::task<> http_connection::close_after_answer() {
  co_await stream_.shutdown_write();
  co_await jd::move_on_after(time_to_take_last_answer, discard_input());
  co_await stream_.close();
}

jd::task<> http_connection::discard_input() {
  for (;;) {
    const std::size_t n = co_await stream_.read_some(std::as_writable_bytes(std::span(input_)));
    if (n == 0) co_return;
  }
}

jd::task<> serve_client(service& of, jd::tcp_stream stream) {
  of.connections.add(1);
  http_connection connection{of, std::move(stream)};
  try {
    co_await connection.run();
  } catch (const jd::timeout_error&) {
    of.dropped.add(1);
  } catch (const std::system_error&) {
    of.dropped.add(1);
  }
}

}  // namespace server
