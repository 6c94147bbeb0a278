// SPDX-License-Identifier: MIT
#include "backend_client.hpp"

#include <exception>
#include <utility>

namespace server {

namespace jd = jackdaw;

jd::task<http::received_response> backend_client::get(std::string target) {
  const auto slot = co_await slots_.acquire();
  // A kept connection may have been closed by the server meanwhile; GET may be asked again.
  while (std::optional<http::http_client> kept = take_idle()) {
    try {
      http::received_response answer = co_await kept->get(target);
      keep(*std::move(kept));
      co_return answer;
    } catch (const std::exception&) {
      continue;
    }
  }
  http::http_client fresh = co_await http::http_client::connect("127.0.0.1", port_);
  http::received_response answer = co_await fresh.get(target);
  keep(std::move(fresh));
  co_return answer;
}

std::optional<http::http_client> backend_client::take_idle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::nullopt;
  std::optional<http::http_client> taken(std::move(idle_.back()));
  idle_.pop_back();
  return taken;
}

void backend_client::keep(http::http_client connection) {
  if (!connection.reusable()) return;
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

}  // namespace server
