// SPDX-License-Identifier: MIT
// Peer: the plaintext responder on Asio's coroutines, one io_context and one listening socket a
// thread. It is the faster form while the load is even, since nothing is shared between threads;
// a busy thread's connections wait, which is what a stealing pool is for.
#include "asio_responder.hpp"

#include <memory>
#include <thread>
#include <vector>

namespace {

using asio::ip::tcp;
using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

tcp::acceptor listen_on(asio::io_context& context, unsigned short port) {
  tcp::acceptor acceptor{context, tcp::v4()};
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.set_option(reuse_port(true));
  acceptor.bind({asio::ip::address_v4::loopback(), port});
  acceptor.listen();
  return acceptor;
}

}  // namespace

int main(int argc, char** argv) {
  plaintext::options options = plaintext::parse(argc, argv);
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  for (unsigned i = 0; i < options.threads; ++i) {
    asio::io_context& context = *contexts.emplace_back(std::make_unique<asio::io_context>(1));
    tcp::acceptor acceptor = listen_on(context, options.port);
    options.port = acceptor.local_endpoint().port();
    co_spawn(context, plaintext::accept(std::move(acceptor)), asio::detached);
  }
  plaintext::announce(options.port);
  std::vector<std::jthread> threads;
  for (auto& context : contexts) threads.emplace_back([&context] { context->run(); });
}
