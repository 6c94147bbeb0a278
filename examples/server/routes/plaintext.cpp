// SPDX-License-Identifier: MIT
// / : a fixed text, which shows what a request costs by itself.
#include "routes/routes.hpp"

namespace server::routes {

answer plaintext(const http::request&) { co_return http::response{.body = "Hello, World!"}; }

}  // namespace server::routes
