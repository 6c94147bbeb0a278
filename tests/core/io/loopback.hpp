// SPDX-License-Identifier: MIT
// Helpers of the I/O tests: connected pairs, bytes, errors as values.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <jackdaw/io/tcp_listener.hpp>
#include <jackdaw/io/tcp_stream.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/settle.hpp>

namespace jackdaw::testing {

struct connection {
  tcp_stream client;
  tcp_stream server;
};

inline task<tcp_stream> accept_one(const tcp_listener& listener) {
  co_return co_await listener.accept();
}

inline task<connection> connect_to(const tcp_listener& listener) {
  auto [client, server] =
      co_await gather(tcp_stream::connect(listener.local_endpoint()), accept_one(listener));
  co_return connection{std::move(client), std::move(server)};
}

inline task<connection> connected_pair() {
  const tcp_listener listener = tcp_listener::bind(endpoint("127.0.0.1", 0));
  co_return co_await connect_to(listener);
}

inline std::span<const std::byte> bytes_of(std::string_view text) noexcept {
  return std::as_bytes(std::span(text.data(), text.size()));
}

/// What the stream still has, to its end.
inline task<std::string> read_to_end(const tcp_stream& stream) {
  std::string all;
  std::vector<std::byte> part(65536);
  for (;;) {
    const std::size_t n = co_await stream.read_some(part);
    if (n == 0) co_return all;
    all.append(reinterpret_cast<const char*>(part.data()), n);
  }
}

/// The next `n` bytes, or fewer at the end.
inline task<std::string> read_text(const tcp_stream& stream, std::size_t n) {
  std::string text(n, '\0');
  std::size_t have = 0;
  while (have < n) {
    const std::size_t got =
        co_await stream.read_some(std::as_writable_bytes(std::span(text).subspan(have)));
    if (got == 0) break;
    have += got;
  }
  text.resize(have);
  co_return text;
}

/// The error number of a failure; 0 for none, -1 for something else.
template <class T>
int error_number(const outcome<T>& o) {
  if (o.has_value()) return 0;
  try {
    std::rethrow_exception(o.error());
  } catch (const std::system_error& e) {
    return e.code().value();
  } catch (...) {
    return -1;
  }
}

}  // namespace jackdaw::testing
