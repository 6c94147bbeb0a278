// SPDX-License-Identifier: MIT
// An HTTP server whose handlers run in parallel and stay responsive. Try: server --port 8080 --root
// . You will see where it listens; then open /, /fanout?n=20, /cpu?ms=20, /file/NAME, /tasks,
// /metrics.
#include "run_server.hpp"
#include "server_options.hpp"

#include <jackdaw/jackdaw.hpp>

#include <exception>
#include <iostream>
#include <system_error>

int main(int argc, char** argv) {
  const server::server_options options = server::parse_command_line(argc, argv);
  try {
    jackdaw::runtime runtime{
        jackdaw::runtime_options{.workers = options.workers, .grace = options.grace}};
    runtime.run(server::run_server(options, runtime));
  } catch (const std::system_error& error) {
    const bool taken = error.code() == std::errc::address_in_use;
    std::cerr << "server: " << error.what()
              << (taken ? "; choose another --port, or 0 for a free one\n" : "\n");
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "server: " << error.what() << "\n";
    return 1;
  }
}
