// SPDX-License-Identifier: MIT
#include "application.hpp"

#include "routes/routes.hpp"

namespace server {

application::application(const server_options& options, jackdaw::runtime& on, int root_folder,
                         std::uint16_t backend_port)
    : runtime(on),
      root(root_folder),
      front({options.request_timeout, options.idle_timeout, options.max_waiting_requests}),
      backend({options.request_timeout, options.idle_timeout, options.max_waiting_requests}),
      client(backend_port, options.backend_connections),
      bursts(options.max_bursts) {
  add_front_routes(*this);
  add_backend_routes(*this);
}

}  // namespace server
