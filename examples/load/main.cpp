// SPDX-License-Identifier: MIT
// An open-loop HTTP load generator. Try: load --url http://127.0.0.1:8080/ --rate 2000 --duration
// 10s You will see one JSON line; times are microseconds from the intended send time.
#include "load_options.hpp"
#include "open_loop.hpp"

#include <jackdaw/jackdaw.hpp>
#include <nlohmann/json.hpp>

#include <iostream>

namespace {

double microseconds(std::chrono::nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1000;
}

nlohmann::ordered_json to_json(const load::load_report& report) {
  nlohmann::ordered_json json;
  json["sent"] = report.sent;
  json["ok"] = report.ok;
  json["refused"] = report.refused;
  json["errors"] = report.errors;
  json["p50"] = microseconds(report.latency.percentile(0.5));
  json["p90"] = microseconds(report.latency.percentile(0.9));
  json["p99"] = microseconds(report.latency.percentile(0.99));
  json["p99.9"] = microseconds(report.latency.percentile(0.999));
  json["max"] = microseconds(report.latency.max());
  json["send_lateness_p99"] = microseconds(report.lateness.percentile(0.99));
  return json;
}

}  // namespace

int main(int argc, char** argv) {
  const load::load_options options = load::parse_command_line(argc, argv);
  jackdaw::runtime runtime{jackdaw::runtime_options{.workers = options.workers}};
  const load::load_report report = runtime.run(load::run_open_loop(options));
  std::cout << to_json(report).dump() << std::endl;
  return report.ok == 0 ? 1 : 0;
}
