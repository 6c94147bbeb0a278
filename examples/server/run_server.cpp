// SPDX-License-Identifier: MIT
#include "run_server.hpp"

#include "application.hpp"
#include "http_connection.hpp"
#include "mandelbrot.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <iostream>
#include <memory>
#include <system_error>

namespace server {

namespace jd = jackdaw;

namespace {

/// The open root folder.
class folder {
 public:
  explicit folder(const std::filesystem::path& path)
      : fd_(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "open " + path.string());
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { ::close(fd_); }
  int fd() const { return fd_; }

 private:
  int fd_;
};

jd::task<> serve_service(jd::tcp_listener& listener, service& of, jd::serve_options options) {
  co_await jd::serve(listener, std::bind_front(serve_client, std::ref(of)), options);
}

jd::task<> cancel_at_second_signal(jd::signal_stream& signals, jd::task_group& everything) {
  co_await signals.next();
  std::cout << "second signal: cancelling" << std::endl;
  everything.cancel("second signal");
}

jd::task<> stop_gracefully(jd::signal_stream& signals, application& app, jd::tcp_listener& front) {
  co_await signals.next();
  std::cout << "stopping" << std::endl;
  app.front.idle.stop();
  front.close();  // rather than a cancel, which would leave nothing to the second signal
}

}  // namespace

jd::task<> run_server(const server_options& options, jd::runtime& runtime) {
  const folder root(options.root);
  jd::tcp_listener backend = jd::tcp_listener::bind({"127.0.0.1", 0});
  jd::tcp_listener front = jd::tcp_listener::bind({"127.0.0.1", options.port});
  // Not in this frame: its counters are aligned to cache lines, coroutine frames are not.
  const auto in_heap =
      std::make_unique<application>(options, runtime, root.fd(), backend.local_endpoint().port());
  application& app = *in_heap;
  const jd::serve_options limits{.max_connections = options.max_connections,
                                 .grace = options.grace};
  // It is stopped when the front has ended, so nobody waits for its answers any more.
  const jd::serve_options backend_limits{.max_connections = options.max_connections,
                                         .grace = std::chrono::nanoseconds(0)};
  jd::signal_stream signals{SIGINT, SIGTERM};
  // Found now rather than in the first request to /cpu.
  std::cout << "a burst of 20 ms has depth " << depth_for_milliseconds(20) << std::endl;
  auto body = [&](jd::task_group& group) -> jd::task<> {
    group.spawn(jd::spawn_options{.name = "backend"}, serve_service, std::ref(backend),
                std::ref(app.backend), backend_limits);
    auto serving = group.spawn(jd::spawn_options{.name = "front"}, serve_service, std::ref(front),
                               std::ref(app.front), limits);
    std::cout << "listening on http://127.0.0.1:" << front.local_endpoint().port() << std::endl;
    co_await stop_gracefully(signals, app, front);
    group.spawn(cancel_at_second_signal, std::ref(signals), std::ref(group));
    co_await jd::settle(serving);
    group.cancel("stopped");
  };
  co_await jd::with_task_group(body);
  std::cout << "stopped after " << app.front.requests.read() << " requests, "
            << app.front.answered() << " answers" << std::endl;
}

}  // namespace server
