// SPDX-License-Identifier: MIT
// The command line of the load generator.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace load {

struct load_options {
  std::string host;
  std::uint16_t port = 0;
  std::string target;
  double rate = 1000;  ///< requests per second
  std::chrono::nanoseconds duration{};
  std::chrono::nanoseconds timeout{};  ///< of one request, from when it is sent
  unsigned connections = 32;
  unsigned workers = 1;
};

/// Ends the process with a message when the command line is wrong or asks for help.
[[nodiscard]] load_options parse_command_line(int argc, char** argv);

}  // namespace load
