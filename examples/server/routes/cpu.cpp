// SPDX-License-Identifier: MIT
// /cpu?ms=20 : a CPU burst on oneTBB's threads; /cpu-inline?ms=20 : the same on the worker.
#include "admission.hpp"
#include "application.hpp"
#include "http/target.hpp"
#include "mandelbrot.hpp"
#include "routes/routes.hpp"

#include <optional>
#include <string>
#include <utility>

namespace server::routes {

namespace {

std::optional<unsigned> depth_of(const http::request& request) {
  const auto milliseconds = http::number_in_query(request.target, "ms", 20, 1, 1000);
  if (!milliseconds) return std::nullopt;
  return depth_for_milliseconds(*milliseconds);
}

http::response png(std::string bytes) {
  return {.content_type = "image/png", .body = std::move(bytes)};
}

}  // namespace

answer cpu(application& app, const http::request& request) {
  const std::optional<unsigned> depth = depth_of(request);
  if (!depth) co_return http::plain_status(400);
  const std::optional<admission::ticket> ticket = app.bursts.try_enter();
  if (!ticket) co_return http::plain_status(503);
  std::string picture = co_await jackdaw::offload(render_tile_in_parallel, *depth);
  co_return png(std::move(picture));
}

// What not to do: for the whole burst this worker serves nobody else.
answer cpu_inline(application& app, const http::request& request) {
  const std::optional<unsigned> depth = depth_of(request);
  if (!depth) co_return http::plain_status(400);
  const std::optional<admission::ticket> ticket = app.bursts.try_enter();
  if (!ticket) co_return http::plain_status(503);
  co_return png(render_tile(*depth));
}

}  // namespace server::routes
