// SPDX-License-Identifier: MIT
// What a listener answers: its routes, its limits, and what it counts.
#pragma once

#include "admission.hpp"
#include "idle_reads.hpp"
#include "striped_counter.hpp"

#include "http/request.hpp"
#include "http/response.hpp"

#include <jackdaw/jackdaw.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace server {

/// Answers one request. Runs under the request's deadline and may throw anything; see handle().
using handler = std::function<jackdaw::task<http::response>(const http::request&)>;

/// Whether a handler can wait for something. One that cannot needs no deadline and no admission.
enum class handler_kind : bool { immediate, waiting };

struct route {
  std::string path;  ///< "/cpu"; one that ends with a slash, other than "/", takes what is below it
  handler_kind kind;
  handler answer;
};

struct service_limits {
  std::chrono::milliseconds request_timeout;
  std::chrono::milliseconds idle_timeout;
  unsigned max_waiting_requests;
};

/// Shared by all connections of one listener; the routes are complete before the first.
class service {
 public:
  explicit service(service_limits limits) : limits(limits), waiting(limits.max_waiting_requests) {}

  void add(std::string path, handler_kind kind, handler answer);

  /// The route's place in `routes`, or its size.
  [[nodiscard]] std::size_t find(std::string_view path) const;

  /// How many requests were answered, however.
  [[nodiscard]] std::uint64_t answered() const;

  const service_limits limits;
  std::vector<route> routes;
  admission waiting;                       ///< handlers of kind `waiting` under way
  idle_reads idle;                         ///< stopped() says that the service ends
  std::array<striped_counter, 6> answers;  ///< by the first digit of the status
  striped_counter requests;                ///< read whole, or refused as broken
  striped_counter connections;
  striped_counter dropped;  ///< connections ended for being slow or broken
};

/// The answer to one request: that of its route; 404, 405, 503 (overload), 504 (deadline), 500.
[[nodiscard]] jackdaw::task<http::response> handle(service& of, const http::request& request);

}  // namespace server
