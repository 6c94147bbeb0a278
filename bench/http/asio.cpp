// SPDX-License-Identifier: MIT
// Peer: the plaintext responder on Asio's coroutines, one io_context run by all threads.
#include "asio_responder.hpp"

#include <thread>
#include <vector>

int main(int argc, char** argv) {
  const plaintext::options options = plaintext::parse(argc, argv);
  asio::io_context context{static_cast<int>(options.threads)};
  asio::ip::tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), options.port}};
  plaintext::announce(acceptor.local_endpoint().port());
  co_spawn(context, plaintext::accept(std::move(acceptor)), asio::detached);
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < options.threads; ++i) threads.emplace_back([&] { context.run(); });
}
