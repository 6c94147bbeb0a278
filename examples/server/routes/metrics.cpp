// SPDX-License-Identifier: MIT
// /metrics : what the server and its runtime have counted, in Prometheus' text format.
#include "application.hpp"
#include "metrics_text.hpp"
#include "routes/routes.hpp"

#include <string>

namespace server::routes {

namespace {

using kind = metrics_text::kind;

void describe_service(metrics_text& text, const service& of) {
  text.family("http_requests_total", kind::counter, "Requests read.");
  text.sample({}, of.requests.read());
  text.family("http_responses_total", kind::counter, "Answers by the first digit of their status.");
  for (std::size_t digit = 1; digit < of.answers.size(); ++digit)
    text.sample("class=\"" + std::to_string(digit) + "xx\"", of.answers[digit].read());
  text.family("http_connections_total", kind::counter, "Connections accepted.");
  text.sample({}, of.connections.read());
  text.family("http_connections_dropped_total", kind::counter,
              "Connections ended for being slow or broken.");
  text.sample({}, of.dropped.read());
  text.family("http_waiting_requests", kind::gauge, "Requests whose handlers wait for something.");
  text.sample({}, of.waiting.inside());
}

void describe_runtime(metrics_text& text, const jackdaw::runtime_metrics& metrics) {
  const auto per_worker = [&](std::string_view name, kind of, std::string_view help, auto member) {
    text.family(name, of, help);
    for (std::size_t i = 0; i < metrics.workers.size(); ++i)
      text.sample("worker=\"" + std::to_string(i) + "\"", metrics.workers[i].*member);
  };
  using worker = jackdaw::worker_metrics;
  per_worker("jackdaw_polls_total", kind::counter, "Units of work run.", &worker::polls);
  per_worker("jackdaw_steals_total", kind::counter, "Times work was taken from another worker.",
             &worker::steals);
  per_worker("jackdaw_parks_total", kind::counter, "Times the worker went to sleep.",
             &worker::parks);
  per_worker("jackdaw_wakes_total", kind::counter, "Times it woke another worker.", &worker::wakes);
  per_worker("jackdaw_queue_depth", kind::gauge, "Units of work waiting.", &worker::queue_depth);
  text.family("jackdaw_blocking_threads", kind::gauge, "Threads of the blocking pool.");
  text.sample({}, metrics.blocking_threads);
  text.family("jackdaw_blocking_queued", kind::gauge, "Jobs that wait for a blocking thread.");
  text.sample({}, metrics.blocking_queued);
  text.family("jackdaw_unhandled_errors_total", kind::counter,
              "Errors that no task was there to receive.");
  text.sample({}, metrics.unhandled_errors);
}

}  // namespace

answer metrics(application& app, const http::request&) {
  metrics_text text;
  describe_service(text, app.front);
  text.family("http_bursts", metrics_text::kind::gauge, "CPU bursts under way.");
  text.sample({}, app.bursts.inside());
  describe_runtime(text, app.runtime.metrics());
  co_return http::response{.content_type = "text/plain; version=0.0.4", .body = text.take()};
}

}  // namespace server::routes
