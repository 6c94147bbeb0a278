// SPDX-License-Identifier: MIT
// Reads HTTP/1 requests out of the bytes of one connection, with Boost.Beast's parser.
#pragma once

#include "parse_result.hpp"
#include "request.hpp"

#include <memory>
#include <string_view>

namespace http {

/// One per connection, used for one request after the other. Beast's headers stay in its source
/// file.
class request_parser {
 public:
  explicit request_parser(parse_limits limits = {});
  ~request_parser();
  request_parser(const request_parser&) = delete;
  request_parser& operator=(const request_parser&) = delete;

  /// Takes bytes in order; on `need_more` the bytes that were not consumed come first next time.
  [[nodiscard]] parse_result parse(std::string_view bytes);

  /// The request, after `complete`, until `next()`.
  [[nodiscard]] const request& get() const;

  /// Whether bytes of an unfinished request were seen.
  [[nodiscard]] bool started() const;

  /// Whether the client waits for "100 Continue" before it sends the body. True at most once a
  /// request.
  [[nodiscard]] bool take_expects_continue();

  /// Begins the next request.
  void next();

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace http
