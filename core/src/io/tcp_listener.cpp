// SPDX-License-Identifier: MIT
#include <jackdaw/io/tcp_listener.hpp>

#include <system_error>

namespace jackdaw {

tcp_listener tcp_listener::bind(const endpoint& at, const listen_options& options) {
  return bind(io::this_engine(), at, options);
}

tcp_listener tcp_listener::bind(io::engine& e, const endpoint& at, const listen_options& options) {
  endpoint bound = at;
  try {
    io::descriptor d(e, e.listen(bound, options));
    return tcp_listener(std::move(d), bound);
  } catch (const std::system_error& error) {
    io::throw_error(error.code().value(), "listen at", at);
  }
}

}  // namespace jackdaw
