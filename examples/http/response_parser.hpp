// SPDX-License-Identifier: MIT
// Reads HTTP/1 answers out of the bytes of one connection, with Boost.Beast's parser.
#pragma once

#include "parse_result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace http {

/// An answer as a client sees it.
struct received_response {
  int status = 0;
  std::string body;
  bool keep_alive = false;  ///< False: the server closes the connection after it.
};

/// One per connection, used for one answer after the other (to requests other than HEAD).
class response_parser {
 public:
  explicit response_parser(parse_limits limits = {});
  ~response_parser();
  response_parser(response_parser&&) noexcept;
  response_parser& operator=(response_parser&&) noexcept;

  /// Takes bytes in order; on `need_more` the bytes that were not consumed come first next time.
  [[nodiscard]] parse_result parse(std::string_view bytes);

  /// The answer, after `complete`; begins the next one.
  [[nodiscard]] received_response take();

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace http
