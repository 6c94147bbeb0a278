// SPDX-License-Identifier: MIT
#include "load_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <map>

namespace load {

namespace {

/// Takes http://HOST:PORT/PATH apart; empty, or what is wrong with it.
std::string read_url(const std::string& url, load_options& into) {
  const std::string scheme = "http://";
  if (!url.starts_with(scheme)) return "the address must begin with http://";
  const std::size_t slash = url.find('/', scheme.size());
  const std::string authority = url.substr(scheme.size(), slash - scheme.size());
  const std::size_t colon = authority.rfind(':');
  into.host = authority.substr(0, colon);
  into.target = slash == url.npos ? "/" : url.substr(slash);
  const unsigned long port =
      colon == authority.npos ? 80 : std::strtoul(&authority[colon + 1], nullptr, 10);
  if (into.host.empty() || port == 0 || port > 65535) return "the address needs HOST and PORT";
  into.port = static_cast<std::uint16_t>(port);
  return {};
}

std::chrono::nanoseconds to_duration(double seconds) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

}  // namespace

load_options parse_command_line(int argc, char** argv) {
  load_options options;
  double duration = 10, timeout = 5;
  const std::map<std::string, double> units{{"ms", 0.001}, {"s", 1}, {"m", 60}};
  CLI::App app{
      "Sends requests at a fixed rate, however slow the answers are (open loop), and prints one "
      "JSON line."};
  app.add_option_function<std::string>("--url",
                                       [&](const std::string& url) {
                                         const std::string wrong = read_url(url, options);
                                         if (!wrong.empty())
                                           throw CLI::ValidationError("--url", wrong);
                                       })
      ->required();
  app.add_option("--rate", options.rate, "requests per second")->check(CLI::PositiveNumber);
  app.add_option("--duration", duration, "such as 10s")->transform(CLI::AsNumberWithUnit(units));
  app.add_option("--timeout", timeout, "of one request, such as 500ms")
      ->transform(CLI::AsNumberWithUnit(units));
  app.add_option("--connections", options.connections, "at most this many requests at once")
      ->check(CLI::PositiveNumber);
  app.add_option("--workers", options.workers, "threads")->check(CLI::PositiveNumber);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  options.duration = to_duration(duration);
  options.timeout = to_duration(timeout);
  return options;
}

}  // namespace load
