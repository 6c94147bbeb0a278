// SPDX-License-Identifier: MIT
// The plaintext responder on jackdaw's sockets.
#include "workload.hpp"

#include <jackdaw/jackdaw.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace {

namespace jd = jackdaw;

jd::task<> answer(jd::tcp_stream stream) {
  std::array<char, plaintext::request_bytes_max> input;
  std::size_t have = 0;
  while (have < input.size()) {
    const auto room = std::as_writable_bytes(std::span(input).subspan(have));
    const std::size_t n = co_await stream.read_some(room);
    if (n == 0) co_return;
    have += n;
    const plaintext::complete_requests found = plaintext::find_requests(input.data(), have);
    have -= found.bytes;
    if (have != 0 && found.bytes != 0) std::memmove(input.data(), input.data() + found.bytes, have);
    for (std::size_t left = found.count; left != 0;) {
      const std::size_t now = std::min(left, plaintext::batch_max);
      const std::span<const char> bytes(plaintext::answers.bytes, now * plaintext::response.size());
      co_await stream.write_all(std::as_bytes(bytes));
      left -= now;
    }
  }
}

jd::task<> respond(plaintext::options options) {
  jd::tcp_listener listener = jd::tcp_listener::bind({"127.0.0.1", options.port});
  plaintext::announce(listener.local_endpoint().port());
  co_await jd::serve(listener, answer, jd::serve_options{});
}

}  // namespace

int main(int argc, char** argv) {
  const plaintext::options options = plaintext::parse(argc, argv);
  jd::runtime runtime{jd::runtime_options{.workers = options.threads}};
  runtime.run(respond(options));
}
