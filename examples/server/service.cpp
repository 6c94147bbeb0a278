// SPDX-License-Identifier: MIT
#include "service.hpp"

#include "http/target.hpp"

#include <exception>
#include <optional>
#include <utility>

namespace server {

namespace {

namespace jd = jackdaw;

jd::task<http::response> handle_waiting(service& of, const route& to,
                                        const http::request& request) {
  const std::optional<admission::ticket> ticket = of.waiting.try_enter();
  if (!ticket) {
    http::response busy = http::plain_status(503);
    busy.extra_header = "Retry-After: 1\r\n";
    co_return busy;
  }
  co_return co_await jd::with_timeout(of.limits.request_timeout, to.answer(request));
}

jd::task<http::response> handle_by(service& of, const route& to, const http::request& request) {
  int status = 500;
  try {
    if (to.kind == handler_kind::immediate) co_return co_await to.answer(request);
    co_return co_await handle_waiting(of, to, request);
  } catch (const jd::timeout_error&) {
    status = 504;
  } catch (const std::exception&) {
    status = 500;
  }
  co_return http::plain_status(status);
}

}  // namespace

void service::add(std::string path, handler_kind kind, handler answer) {
  routes.push_back({std::move(path), kind, std::move(answer)});
}

std::size_t service::find(std::string_view path) const {
  std::size_t i = 0;
  for (; i < routes.size(); ++i) {
    const std::string& known = routes[i].path;
    if (path == known) break;
    if (known.size() > 1 && known.back() == '/' && path.starts_with(known)) break;
  }
  return i;
}

std::uint64_t service::answered() const {
  std::uint64_t sum = 0;
  for (const striped_counter& counter : answers) sum += counter.read();
  return sum;
}

jd::task<http::response> handle(service& of, const http::request& request) {
  of.requests.add(1);
  http::response answer;
  const std::size_t place = of.find(http::path_of(request.target));
  if (request.method != "GET" && request.method != "HEAD") {
    answer = http::plain_status(405);
    answer.extra_header = "Allow: GET, HEAD\r\n";
  } else if (place == of.routes.size()) {
    answer = http::plain_status(404);
  } else {
    answer = co_await handle_by(of, of.routes[place], request);
  }
  of.answers[static_cast<std::size_t>(answer.status / 100)].add(1);
  co_return answer;
}

}  // namespace server
