// SPDX-License-Identifier: MIT
// Descriptors of the operating system inside a simulation: a program may wait for what it does to
// them itself, at the other end of a pipe or by raising a signal.
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "simulation/network.hpp"

namespace jackdaw::simulated {

namespace {

// What `events` of a descriptor are there; also an error or the end of the stream, as epoll has it.
bool happened(int fd, short events) noexcept {
  pollfd asked{.fd = fd, .events = events, .revents = 0};
  const int errno_before = errno;
  const bool any = ::poll(&asked, 1, 0) > 0;
  errno = errno_before;
  return any;
}

}  // namespace

io::registration& network::adopt(int fd, bool owned) {
  auto* const s = new socket(*this);
  s->phase = socket::state::of_the_system;
  s->fd = fd;
  s->owns_fd = owned;
  of_the_system_.push_back(s);
  return *s;
}

io::registration& network::borrow(int fd) {
  if (::fcntl(fd, F_GETFD) == -1) throw std::system_error(errno, std::generic_category());
  return adopt(fd, false);
}

io::registration& network::open_counter() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd == -1) throw std::system_error(errno, std::generic_category());
  try {
    return adopt(fd, true);
  } catch (...) {
    ::close(fd);
    throw;
  }
}

std::int64_t network::ask_the_system(io::operation& op, const socket& s) noexcept {
  if (!happened(s.fd, op.outward() ? POLLOUT : POLLIN)) return -EAGAIN;
  if (op.what_kind() != io::operation::kind::read) return 0;
  const int errno_before = errno;
  const auto n = ::read(s.fd, op.bytes, op.size);
  const std::int64_t result = n >= 0 ? n : -errno;
  errno = errno_before;
  return result;
}

// Of what somebody waits for. In the order of registration, which the seed does not depend on.
void network::look_outside() noexcept {
  for (socket* const s : of_the_system_) {
    if (s->inward.awaited() && happened(s->fd, POLLIN)) s->inward.wake();
    if (s->outward.awaited() && happened(s->fd, POLLOUT)) s->outward.wake();
  }
}

void network::forget(socket& s) noexcept {
  std::erase(of_the_system_, &s);
  if (s.owns_fd) ::close(s.fd);
}

}  // namespace jackdaw::simulated
