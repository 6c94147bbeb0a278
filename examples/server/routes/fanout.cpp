// SPDX-License-Identifier: MIT
// /fanout?n=20&deadline=100&slow=0 : n calls to the backend at once; what came in time, as JSON.
#include "application.hpp"
#include "http/target.hpp"
#include "routes/routes.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace server::routes {

namespace {

namespace jd = jackdaw;

constexpr unsigned slow_milliseconds = 10'000;

std::string target_of(unsigned id, bool slow) {
  const unsigned milliseconds = slow ? slow_milliseconds : 1 + id % 5;
  return "/item?id=" + std::to_string(id) + "&ms=" + std::to_string(milliseconds);
}

std::string reason_of(const std::exception_ptr& error) {
  if (error == nullptr) return "cancelled";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "unknown";
  }
}

std::string to_json(const std::vector<jd::outcome<http::received_response>>& outcomes) {
  nlohmann::ordered_json json;
  json["asked"] = outcomes.size();
  json["answered"] = 0;
  auto& items = json["items"] = nlohmann::ordered_json::array();
  unsigned answered = 0;
  for (const auto& outcome : outcomes) {
    if (outcome.has_value()) {
      ++answered;
      items.push_back({{"value", outcome.value().body}});
    } else {
      items.push_back({{"error", reason_of(outcome.error())}});
    }
  }
  json["answered"] = answered;
  return json.dump() + "\n";
}

}  // namespace

answer fanout(application& app, const http::request& request) {
  const auto count = http::number_in_query(request.target, "n", 20, 1, 1000);
  const auto deadline = http::number_in_query(request.target, "deadline", 100, 1, 60'000);
  const auto slow = http::number_in_query(request.target, "slow", 0, 0, 1000);
  if (!count || !deadline || !slow) co_return http::plain_status(400);
  std::vector<jd::task<http::received_response>> calls;
  for (unsigned id = 0; id < *count; ++id)
    calls.push_back(app.client.get(target_of(id, *count - id <= *slow)));
  const jd::timeout limit{std::chrono::milliseconds(*deadline)};
  const auto outcomes = co_await jd::gather_settled(limit, std::move(calls));
  co_return http::response{.content_type = "application/json", .body = to_json(outcomes)};
}

}  // namespace server::routes
