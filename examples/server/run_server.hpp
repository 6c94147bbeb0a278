// SPDX-License-Identifier: MIT
// The server as one task: it listens, serves, and ends gracefully on SIGTERM or SIGINT.
#pragma once

#include "server_options.hpp"

#include <jackdaw/jackdaw.hpp>

namespace server {

/// Prints `listening on ...` when it is. At the first signal it stops accepting, lets requests in
/// flight end within the grace, and cancels what is left; a second signal cancels at once.
[[nodiscard]] jackdaw::task<> run_server(const server_options& options, jackdaw::runtime& runtime);

}  // namespace server
