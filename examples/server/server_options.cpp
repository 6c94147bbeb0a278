// SPDX-License-Identifier: MIT
#include "server_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <map>
#include <string>

namespace server {

namespace {

/// An option in milliseconds that also understands 500ms, 5s and 1m.
void add_duration(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                  const std::string& meaning) {
  const std::map<std::string, double> units{{"ms", 1}, {"s", 1000}, {"m", 60000}};
  app.add_option_function<double>(
         name,
         [&value](double number) {
           value = std::chrono::milliseconds(static_cast<std::int64_t>(number));
         },
         meaning + " (default " + std::to_string(value.count()) + "ms)")
      ->transform(CLI::AsNumberWithUnit(units));
}

}  // namespace

server_options parse_command_line(int argc, char** argv) {
  server_options options;
  CLI::App app{"An HTTP server on jackdaw; SIGTERM or SIGINT stops it gracefully."};
  app.add_option("--port", options.port, "0 picks a free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_option("--workers", options.workers, "0: one per usable CPU")->capture_default_str();
  app.add_option("--root", options.root, "the folder that /file/NAME serves")
      ->check(CLI::ExistingDirectory);
  add_duration(app, "--request-timeout", options.request_timeout,
               "to read, handle and answer: each");
  add_duration(app, "--idle-timeout", options.idle_timeout, "between requests");
  add_duration(app, "--grace", options.grace, "for requests in flight after SIGTERM");
  app.add_option("--max-connections", options.max_connections)->capture_default_str();
  app.add_option("--max-waiting-requests", options.max_waiting_requests, "beyond: 503")
      ->capture_default_str();
  app.add_option("--max-bursts", options.max_bursts, "/cpu at once; beyond: 503")
      ->capture_default_str();
  app.add_option("--backend-connections", options.backend_connections)->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

}  // namespace server
