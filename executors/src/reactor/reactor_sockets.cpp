// SPDX-License-Identifier: MIT
// The part of the reactor that opens descriptors and asks them things.
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <mutex>

#include "reactor/reactor.hpp"
#include "reactor/system_calls.hpp"

namespace jackdaw::reactor {

namespace {

void set(const owned_fd& fd, int level, int option) {
  const int on = 1;
  if (::setsockopt(fd.get(), level, option, &on, sizeof on) != 0) throw_errno(errno);
}

owned_fd tcp_socket(int family) {
  owned_fd fd = checked(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  set(fd, IPPROTO_TCP, TCP_NODELAY);  // Linux: accepted sockets inherit it
  return fd;
}

endpoint bound_to(int fd) {
  endpoint address;
  socklen_t size = endpoint::capacity();
  if (::getsockname(fd, address.data(), &size) != 0) throw_errno(errno);
  return address;
}

}  // namespace

io::registration& reactor::adopt(owned_fd fd) {
  slot& s = slots_.take(fd.get());
  if (const int error = watch(s); error != 0) {
    slots_.give_back(s);
    throw_errno(-error);
  }
  (void)fd.release();
  return s;
}

io::registration& reactor::listen(endpoint& address, const io::listen_options& options) {
  owned_fd fd = tcp_socket(address.family());
  set(fd, SOL_SOCKET, SO_REUSEADDR);
  if (options.reuse_port) set(fd, SOL_SOCKET, SO_REUSEPORT);
  if (::bind(fd.get(), address.data(), address.size()) != 0) throw_errno(errno);
  if (::listen(fd.get(), options.backlog) != 0) throw_errno(errno);
  address = bound_to(fd.get());
  return adopt(std::move(fd));
}

io::registration& reactor::open_stream(int family) {
  owned_fd fd = tcp_socket(family);
  slot& s = slots_.take(fd.get());  // registered with epoll when it connects: see watched()
  (void)fd.release();
  return s;
}

io::registration& reactor::borrow(int fd) {
  slot& s = slots_.take(fd);
  s.borrowed = true;
  return s;
}

io::registration& reactor::open_counter() {
  return adopt(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)));
}

int reactor::shutdown_write(io::registration& r) noexcept {
  if (static_cast<slot&>(r).outward.is_closed()) return -ECANCELED;
  return ::shutdown(r.fd, SHUT_WR) == 0 ? 0 : -errno;
}

endpoint reactor::local_endpoint(io::registration& r) {
  if (static_cast<slot&>(r).inward.is_closed()) throw_errno(ECANCELED);
  return bound_to(r.fd);
}

bool reactor::drop_connection(io::registration& listener) noexcept {
  const std::lock_guard guard(spare_lock_);
  spare_.reset(-1);
  endpoint ignored;
  owned_fd connection(accept_once(listener.fd, ignored));
  const bool found = connection.get() >= 0;
  connection.reset(-1);  // before the spare one is taken back
  spare_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  return found;
}

}  // namespace jackdaw::reactor
