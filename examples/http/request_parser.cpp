// SPDX-License-Identifier: MIT
// The only place of the server that knows Boost.Beast: its callbacks fill an http::request.
#include "request_parser.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace http {

namespace beast = boost::beast::http;

namespace {

using beast_view = boost::beast::string_view;
using boost::beast::error_code;

std::string_view to_std(beast_view text) { return {text.data(), text.size()}; }

class filling_parser final : public beast::basic_parser<true> {
 public:
  explicit filling_parser(request& into) : into_(into) {}

  bool expects_continue = false;

 private:
  void on_request_impl(beast::verb, beast_view method, beast_view target, int,
                       error_code&) override {
    into_.method = to_std(method);
    into_.target = to_std(target);
  }
  void on_response_impl(int, beast_view, int, error_code&) override {}
  void on_field_impl(beast::field name, beast_view, beast_view value, error_code&) override {
    if (name == beast::field::expect)
      expects_continue = boost::beast::iequals(value, "100-continue");
  }
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

  request& into_;
};

parse_status status_of(const error_code& error) {
  if (error == beast::error::need_more) return parse_status::need_more;
  if (error == beast::error::header_limit) return parse_status::header_too_large;
  if (error == beast::error::body_limit) return parse_status::body_too_large;
  return parse_status::malformed;
}

}  // namespace

/// Beast's parser is good for one message, so it is made anew in the same place for each.
class request_parser::state {
 public:
  explicit state(parse_limits limits) : limits_(limits) { next(); }

  void next() {
    current.clear();
    parser.emplace(current);
    parser->eager(true);
    parser->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser->body_limit(limits_.body_bytes);
    started = false;
  }

  request current;
  std::optional<filling_parser> parser;
  bool started = false;

 private:
  parse_limits limits_;
};

request_parser::request_parser(parse_limits limits) : state_(std::make_unique<state>(limits)) {}
request_parser::~request_parser() = default;

parse_result request_parser::parse(std::string_view bytes) {
  filling_parser& parser = *state_->parser;
  std::size_t consumed = 0;
  // Beast stops after each element (header, chunk, body); go on while it takes something.
  while (!parser.is_done()) {
    error_code error;
    const std::string_view rest = bytes.substr(consumed);
    const std::size_t taken = parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
    consumed += taken;
    if (error) {
      state_->started = state_->started || !bytes.empty();
      return {status_of(error), consumed};
    }
    if (consumed == bytes.size() && !parser.is_done()) {
      state_->started = true;
      return {parse_status::need_more, consumed};
    }
  }
  state_->current.keep_alive = parser.keep_alive();
  return {parse_status::complete, consumed};
}

const request& request_parser::get() const { return state_->current; }
bool request_parser::started() const { return state_->started; }

bool request_parser::take_expects_continue() {
  return state_->parser->is_header_done() && std::exchange(state_->parser->expects_continue, false);
}

void request_parser::next() { state_->next(); }

}  // namespace http
