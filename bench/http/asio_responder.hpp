// SPDX-License-Identifier: MIT
// The plaintext responder on Asio's coroutines, shared by the two ways to spread it over threads.
#pragma once

#include "workload.hpp"

#include <asio.hpp>
#include <asio/experimental/as_tuple.hpp>

#include <algorithm>

namespace plaintext {

using asio::ip::tcp;
// Errors as values: a client that leaves must not cost an exception here and none elsewhere.
inline constexpr auto as_tuple = asio::experimental::as_tuple(asio::use_awaitable);

inline asio::awaitable<void> serve(tcp::socket socket) {
  char input[request_bytes_max];
  std::size_t have = 0;
  while (have < sizeof input) {
    auto [failed, n] =
        co_await socket.async_read_some(asio::buffer(input + have, sizeof input - have), as_tuple);
    if (failed) co_return;
    have += n;
    const complete_requests found = find_requests(input, have);
    have -= found.bytes;
    if (have != 0 && found.bytes != 0) std::memmove(input, input + found.bytes, have);
    for (std::size_t left = found.count; left != 0;) {
      const std::size_t now = std::min(left, batch_max);
      const auto bytes = asio::buffer(answers.bytes, now * response.size());
      auto [broken, written] = co_await asio::async_write(socket, bytes, as_tuple);
      if (broken) co_return;
      left -= now;
    }
  }
}

inline asio::awaitable<void> accept(tcp::acceptor acceptor) {
  for (;;) {
    auto [failed, socket] = co_await acceptor.async_accept(as_tuple);
    if (failed) continue;
    socket.set_option(tcp::no_delay(true));
    co_spawn(acceptor.get_executor(), serve(std::move(socket)), asio::detached);
  }
}

}  // namespace plaintext
