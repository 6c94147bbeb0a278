// SPDX-License-Identifier: MIT
#include "http_client.hpp"

#include <array>
#include <span>
#include <stdexcept>
#include <utility>

namespace http {

http_client::http_client(jackdaw::tcp_stream stream, std::string host)
    : stream_(std::move(stream)), host_(std::move(host)) {}

jackdaw::task<http_client> http_client::connect(std::string host, std::uint16_t port) {
  jackdaw::tcp_stream stream = co_await jackdaw::tcp_stream::connect(host, port);
  co_return http_client{std::move(stream), std::move(host)};
}

jackdaw::task<received_response> http_client::get(const std::string& target) {
  const std::string question = "GET " + target + " HTTP/1.1\r\nHost: " + host_ + "\r\n\r\n";
  co_await stream_.write_all(std::as_bytes(std::span(question)));
  std::array<char, 16 * 1024> input;
  for (;;) {
    const std::size_t n = co_await stream_.read_some(std::as_writable_bytes(std::span(input)));
    if (n == 0)
      throw std::runtime_error("the server closed the connection before its answer ended");
    unparsed_.append(input.data(), n);
    const parse_result result = parser_.parse(unparsed_);
    unparsed_.erase(0, result.consumed);
    if (result.status == parse_status::need_more) continue;
    if (result.status != parse_status::complete) throw std::runtime_error("the answer is not HTTP");
    received_response answer = parser_.take();
    reusable_ = answer.keep_alive && unparsed_.empty();
    co_return answer;
  }
}

}  // namespace http
