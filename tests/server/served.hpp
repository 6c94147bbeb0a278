// SPDX-License-Identifier: MIT
// served: a service of the example server with routes of the test's, listening on a free port.
#pragma once

#include "http_connection.hpp"
#include "service.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

#include <jackdaw/jackdaw.hpp>

namespace server_tests {

using namespace std::chrono_literals;

/// Generous where a test does not ask for less: what does not come hangs for so long.
inline constexpr server::service_limits patient{
    .request_timeout = 60s, .idle_timeout = 60s, .max_waiting_requests = 64};

/// Serves from its construction to its end. Routes are given to the constructor, because they are
/// complete before the first connection.
class served {
 public:
  explicit served(server::service_limits limits,
                  const std::function<void(server::service&)>& add_routes = add_plain_route)
      : service_(limits), serving_(start(add_routes)) {}

  [[nodiscard]] std::uint16_t port() const { return listener_.local_endpoint().port(); }
  [[nodiscard]] server::service& get() { return service_; }

  /// As SIGTERM does: no new connections, requests in flight end.
  void begin_to_stop() {
    service_.idle.stop();
    listener_.close();
  }
  /// True: it has ended.
  [[nodiscard]] bool ends_soon() { return serving_.wait_for(20s); }

 private:
  static void add_plain_route(server::service& of) {
    of.add("/", server::handler_kind::immediate, say_hello);
  }
  static jackdaw::task<http::response> say_hello(const http::request&) {
    co_return http::response{.body = "hello"};
  }

  jackdaw::submission<void> start(const std::function<void(server::service&)>& add_routes) {
    add_routes(service_);
    return runtime_.submit(jackdaw::serve(listener_,
                                          std::bind_front(server::serve_client, std::ref(service_)),
                                          jackdaw::serve_options{.grace = 20s}));
  }

  jackdaw::runtime runtime_{jackdaw::runtime_options{.workers = 2}};
  jackdaw::tcp_listener listener_ =
      jackdaw::tcp_listener::bind(*runtime_.environment().io, jackdaw::endpoint("127.0.0.1", 0));
  server::service service_;
  jackdaw::submission<void> serving_;
};

}  // namespace server_tests
