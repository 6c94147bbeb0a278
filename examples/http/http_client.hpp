// SPDX-License-Identifier: MIT
// One keep-alive HTTP connection of a client: one request after the other.
#pragma once

#include "response_parser.hpp"

#include <jackdaw/jackdaw.hpp>

#include <cstdint>
#include <string>

namespace http {

/// After an error or a cancelled exchange the connection is in the middle of an answer: drop it.
class http_client {
 public:
  /// Throws std::system_error when nobody listens there.
  [[nodiscard]] static jackdaw::task<http_client> connect(std::string host, std::uint16_t port);

  /// The answer to GET. Throws std::system_error, or std::runtime_error for an answer that is not
  /// HTTP or ends too early. `target` is read before the first suspension only.
  [[nodiscard]] jackdaw::task<received_response> get(const std::string& target);

  /// Whether the server lets the connection be used for another request.
  [[nodiscard]] bool reusable() const { return reusable_; }

 private:
  http_client(jackdaw::tcp_stream stream, std::string host);

  jackdaw::tcp_stream stream_;
  std::string host_;
  response_parser parser_;
  std::string unparsed_;
  bool reusable_ = true;
};

}  // namespace http
