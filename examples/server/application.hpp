// SPDX-License-Identifier: MIT
// What the routes share: the two services, the client between them, the limits.
#pragma once

#include "admission.hpp"
#include "backend_client.hpp"
#include "server_options.hpp"
#include "service.hpp"

#include <jackdaw/jackdaw.hpp>

#include <cstdint>

namespace server {

/// Lives as long as the server runs. `front` answers the world, `backend` only /fanout's calls.
class application {
 public:
  application(const server_options& options, jackdaw::runtime& runtime, int root,
              std::uint16_t backend_port);

  jackdaw::runtime& runtime;
  const int root;  ///< open folder that /file/NAME serves
  service front;
  service backend;
  backend_client client;
  admission bursts;
};

}  // namespace server
