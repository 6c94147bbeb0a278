// SPDX-License-Identifier: MIT
#include "open_loop.hpp"

#include "http/http_client.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace load {

namespace {

namespace jd = jackdaw;

/// When each request is due; senders draw numbers from it.
class schedule {
 public:
  explicit schedule(const load_options& options)
      : period_(1e9 / options.rate),
        total_(static_cast<std::uint64_t>(static_cast<double>(options.duration.count()) / period_)),
        start_(jd::clock::now() + std::chrono::milliseconds(20)) {}

  /// The next request's time; nothing when all are taken. From any thread.
  std::optional<jd::clock::time_point> take() {
    // Relaxed: the number is all that senders share; nothing else is published through it.
    const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
    if (number >= total_) return std::nullopt;
    const auto offset = static_cast<std::int64_t>(static_cast<double>(number) * period_);
    return start_ + std::chrono::nanoseconds(offset);
  }

 private:
  double period_;  // nanoseconds
  std::uint64_t total_;
  jd::clock::time_point start_;
  std::atomic<std::uint64_t> next_{0};  // written and read by every sender
};

jd::task<int> exchange(std::optional<http::http_client>& connection, const load_options& options) {
  if (!connection) {
    http::http_client fresh = co_await http::http_client::connect(options.host, options.port);
    connection.emplace(std::move(fresh));
  }
  const http::received_response answer = co_await connection->get(options.target);
  if (!connection->reusable()) connection.reset();
  co_return answer.status;
}

void count(load_report& report, int status, jd::clock::duration latency) {
  ++report.sent;
  if (status == 200) {
    ++report.ok;
    report.latency.add(latency);
  } else if (status == 503) {
    ++report.refused;
  } else {
    ++report.errors;
  }
}

jd::task<> send_requests(const load_options& options, schedule& plan, load_report& report) {
  std::optional<http::http_client> connection;
  while (const std::optional<jd::clock::time_point> due = plan.take()) {
    co_await jd::sleep_until(*due);
    report.lateness.add(jd::clock::now() - *due);
    int status = 0;
    try {
      status = co_await jd::with_timeout(options.timeout, exchange(connection, options));
    } catch (const std::exception&) {
      connection.reset();
    }
    count(report, status, jd::clock::now() - *due);
  }
}

}  // namespace

jd::task<load_report> run_open_loop(const load_options& options) {
  schedule plan{options};
  std::vector<load_report> reports(options.connections);
  std::vector<jd::task<>> senders;
  for (load_report& report : reports) senders.push_back(send_requests(options, plan, report));
  co_await jd::gather(std::move(senders));
  load_report all;
  for (const load_report& report : reports) {
    all.sent += report.sent;
    all.ok += report.ok;
    all.refused += report.refused;
    all.errors += report.errors;
    all.latency.merge(report.latency);
    all.lateness.merge(report.lateness);
  }
  co_return all;
}

}  // namespace load
