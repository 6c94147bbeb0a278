// SPDX-License-Identifier: MIT
// A pool of keep-alive connections to one server, with a bound on how many there are.
#pragma once

#include "http/http_client.hpp"

#include <jackdaw/jackdaw.hpp>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace server {

/// Callers beyond the bound wait in order. Thread safety: all.
class backend_client {
 public:
  backend_client(std::uint16_t port, unsigned connections) : port_(port), slots_(connections) {}

  /// The answer to GET. Throws as http::http_client does. Cancelled: the connection is dropped.
  [[nodiscard]] jackdaw::task<http::received_response> get(std::string target);

 private:
  std::optional<http::http_client> take_idle();
  void keep(http::http_client connection);

  std::uint16_t port_;
  jackdaw::semaphore slots_;
  std::mutex mutex_;
  std::vector<http::http_client> idle_;  // guarded by mutex_
};

}  // namespace server
