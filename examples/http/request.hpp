// SPDX-License-Identifier: MIT
// One HTTP request as a handler sees it.
#pragma once

#include <string>

namespace http {

struct request {
  std::string method;
  std::string target;  ///< As sent: path and query, percent-encoded. See target.hpp.
  std::string body;
  bool keep_alive = false;  ///< False: the client wants the connection closed after the answer.

  /// Makes room for the next request and keeps the memory of this one.
  void clear() {
    method.clear();
    target.clear();
    body.clear();
    keep_alive = false;
  }
};

}  // namespace http
