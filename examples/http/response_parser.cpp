// SPDX-License-Identifier: MIT
// The only place of the clients that knows Boost.Beast: its callbacks fill a received_response.
#include "response_parser.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace http {

namespace beast = boost::beast::http;

namespace {

using beast_view = boost::beast::string_view;
using boost::beast::error_code;

class filling_parser final : public beast::basic_parser<false> {
 public:
  explicit filling_parser(received_response& into) : into_(into) {}

 private:
  void on_request_impl(beast::verb, beast_view, beast_view, int, error_code&) override {}
  void on_response_impl(int status, beast_view, int, error_code&) override {
    into_.status = status;
  }
  void on_field_impl(beast::field, beast_view, beast_view, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast_view bytes, error_code&) override {
    into_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast_view bytes, error_code&) override {
    into_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

  received_response& into_;
};

}  // namespace

/// Beast's parser is good for one message, so it is made anew in the same place for each.
class response_parser::state {
 public:
  explicit state(parse_limits limits) : limits_(limits) { next(); }

  void next() {
    current = {};
    parser.emplace(current);
    parser->eager(true);
    parser->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser->body_limit(limits_.body_bytes);
  }

  received_response current;
  std::optional<filling_parser> parser;

 private:
  parse_limits limits_;
};

response_parser::response_parser(parse_limits limits) : state_(std::make_unique<state>(limits)) {}
response_parser::~response_parser() = default;
response_parser::response_parser(response_parser&&) noexcept = default;
response_parser& response_parser::operator=(response_parser&&) noexcept = default;

parse_result response_parser::parse(std::string_view bytes) {
  filling_parser& parser = *state_->parser;
  std::size_t consumed = 0;
  while (!parser.is_done()) {
    error_code error;
    const std::string_view rest = bytes.substr(consumed);
    consumed += parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
    if (error == beast::error::need_more) return {parse_status::need_more, consumed};
    if (error) return {parse_status::malformed, consumed};
    if (consumed == bytes.size() && !parser.is_done()) return {parse_status::need_more, consumed};
  }
  state_->current.keep_alive = parser.keep_alive();
  return {parse_status::complete, consumed};
}

received_response response_parser::take() {
  received_response answer = std::move(state_->current);
  state_->next();
  return answer;
}

}  // namespace http
