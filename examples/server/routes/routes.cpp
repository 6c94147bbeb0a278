// SPDX-License-Identifier: MIT
#include "routes/routes.hpp"

#include "application.hpp"

#include <functional>

namespace server {

void add_front_routes(application& app) {
  service& front = app.front;
  front.add("/", handler_kind::immediate, routes::plaintext);
  front.add("/fanout", handler_kind::waiting, std::bind_front(routes::fanout, std::ref(app)));
  front.add("/cpu", handler_kind::waiting, std::bind_front(routes::cpu, std::ref(app)));
  front.add("/cpu-inline", handler_kind::waiting,
            std::bind_front(routes::cpu_inline, std::ref(app)));
  front.add("/file/", handler_kind::waiting, std::bind_front(routes::file, std::ref(app)));
  front.add("/tasks", handler_kind::immediate, routes::tasks);
  front.add("/metrics", handler_kind::immediate, std::bind_front(routes::metrics, std::ref(app)));
}

void add_backend_routes(application& app) {
  app.backend.add("/item", handler_kind::waiting, routes::item);
}

}  // namespace server
