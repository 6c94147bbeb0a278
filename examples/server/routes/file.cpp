// SPDX-License-Identifier: MIT
// /file/NAME : a file below the root folder, read on a blocking thread.
#include "application.hpp"
#include "file_below.hpp"
#include "http/target.hpp"
#include "routes/routes.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace server::routes {

namespace {

constexpr std::size_t file_bytes_max = 16 * 1024 * 1024;

std::string_view content_type_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> types{{
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css"},
      {".js", "text/javascript"},
      {".json", "application/json"},
      {".png", "image/png"},
      {".txt", "text/plain; charset=utf-8"},
  }};
  for (const auto& [ending, type] : types)
    if (name.ends_with(ending)) return type;
  return "application/octet-stream";
}

}  // namespace

answer file(application& app, const http::request& request) {
  constexpr std::string_view prefix = "/file/";
  const auto name = http::percent_decoded(http::path_of(request.target).substr(prefix.size()));
  if (!name) co_return http::plain_status(400);
  if (name->empty()) co_return http::plain_status(404);
  std::optional<std::string> bytes =
      co_await jackdaw::to_thread(read_file_below, app.root, *name, file_bytes_max);
  if (!bytes) co_return http::plain_status(404);
  co_return http::response{.content_type = content_type_of(*name), .body = *std::move(bytes)};
}

}  // namespace server::routes
