// SPDX-License-Identifier: MIT
// /tasks : the live task tree, as text.
#include "routes/routes.hpp"

#include <sstream>

namespace server::routes {

answer tasks(const http::request&) {
  std::ostringstream tree;
  jackdaw::dump_tasks(tree);
  co_return http::response{.body = std::move(tree).str()};
}

}  // namespace server::routes
