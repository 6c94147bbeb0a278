// SPDX-License-Identifier: MIT
// One HTTP answer as a handler makes it, and its bytes on the wire.
#pragma once

#include <string>
#include <string_view>

namespace http {

struct response {
  int status = 200;
  std::string_view content_type = "text/plain";  ///< A literal; the answer does not own it.
  std::string body = {};
  std::string_view extra_header =
      {};  ///< One whole header line with its CRLF, a literal, or empty.
};

[[nodiscard]] std::string_view reason_phrase(int status);

/// An answer whose body is its status and reason, as for errors.
[[nodiscard]] response plain_status(int status);

/// How the bytes of an answer differ from case to case.
struct response_form {
  bool keep_alive = true;  ///< False announces that the connection closes after this answer.
  bool with_body = true;   ///< False for HEAD: the length is stated, the body is not sent.
};

void append(std::string& out, const response& answer, response_form form);

}  // namespace http
