// SPDX-License-Identifier: MIT
// /item?id=7&ms=2 of the backend: something that takes a while to find.
#include "http/target.hpp"
#include "routes/routes.hpp"

#include <chrono>
#include <string>

namespace server::routes {

answer item(const http::request& request) {
  const auto id = http::number_in_query(request.target, "id", 0, 0, 1'000'000);
  const auto milliseconds = http::number_in_query(request.target, "ms", 2, 0, 60'000);
  if (!id || !milliseconds) co_return http::plain_status(400);
  co_await jackdaw::sleep_for(std::chrono::milliseconds(*milliseconds));
  co_return http::response{.body = "item " + std::to_string(*id)};
}

}  // namespace server::routes
