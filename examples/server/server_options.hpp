// SPDX-License-Identifier: MIT
// The command line of the server: where it listens, and every limit it keeps.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace server {

struct server_options {
  std::uint16_t port = 8080;                        ///< 0 picks a free one
  unsigned workers = 0;                             ///< 0: one per usable CPU
  std::filesystem::path root = ".";                 ///< what /file/NAME serves
  std::chrono::milliseconds request_timeout{5000};  ///< to read, handle and answer: each
  std::chrono::milliseconds idle_timeout{30000};    ///< between requests on a kept connection
  std::chrono::milliseconds grace{10000};           ///< after SIGTERM, for requests in flight
  std::size_t max_connections = 10000;
  unsigned max_waiting_requests = 1024;  ///< handlers that may wait at once; beyond: 503
  unsigned max_bursts = 64;              ///< /cpu requests at once; beyond: 503
  unsigned backend_connections = 64;     ///< of the client pool that /fanout uses
};

/// Ends the process with a message when the command line is wrong or asks for help.
[[nodiscard]] server_options parse_command_line(int argc, char** argv);

}  // namespace server
