// SPDX-License-Identifier: MIT
// What a parser says after it was given some bytes.
#pragma once

#include <cstddef>

namespace http {

enum class parse_status {
  need_more,         ///< The message is not complete; call again with the rest and more.
  complete,          ///< The message is complete; the bytes after it belong to the next one.
  malformed,         ///< Not HTTP; nothing after this can be understood.
  header_too_large,  ///< The header is longer than the limit.
  body_too_large,    ///< The body is, or says that it is, longer than the limit.
};

struct parse_result {
  parse_status status;
  std::size_t consumed;  ///< How many of the bytes are done with and must not be given again.
};

/// The most that a parser takes of one message.
struct parse_limits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 1024 * 1024;
};

}  // namespace http
