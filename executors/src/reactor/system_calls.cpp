// SPDX-License-Identifier: MIT
#include "reactor/system_calls.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace jackdaw::reactor {

namespace {

// The kernel moves at most 2 GiB at once; a short count must mean that the socket had no more.
constexpr std::size_t bytes_at_once = std::size_t{1} << 30;
constexpr std::size_t parts_at_once = 64;

template <class Call>
auto uninterrupted(Call call) noexcept {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

std::int64_t send_bytes(const std::byte* bytes, std::size_t size, int fd) noexcept {
  const ssize_t n = uninterrupted([&] { return ::send(fd, bytes, size, MSG_NOSIGNAL); });
  return n < 0 ? -errno : n;
}

std::int64_t send_parts(const io::operation& op, int fd) noexcept {
  std::array<iovec, parts_at_once> vectors;
  std::size_t count = 0;
  std::size_t skip = op.skip;
  for (const auto& part : op.parts.first(std::min(op.parts.size(), parts_at_once))) {
    // sendmsg does not write through the pointer.
    vectors[count++] = {const_cast<std::byte*>(part.data()) + skip, part.size() - skip};
    skip = 0;
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  const ssize_t n = uninterrupted([&] { return ::sendmsg(fd, &message, MSG_NOSIGNAL); });
  return n < 0 ? -errno : n;
}

}  // namespace

void throw_errno(int error) { throw std::system_error(error, std::generic_category()); }

owned_fd checked(int fd) {
  if (fd < 0) throw_errno(errno);
  return owned_fd(fd);
}

std::int64_t read_once(io::operation& op, int fd, bool& drained) noexcept {
  const std::size_t room = std::min(op.size, bytes_at_once);
  // recv, for it is cheaper than read; counters are read here as well.
  ssize_t n = uninterrupted([&] { return ::recv(fd, op.bytes, room, 0); });
  if (n < 0 && errno == ENOTSOCK) n = uninterrupted([&] { return ::read(fd, op.bytes, room); });
  if (n < 0) return -errno;
  drained = n > 0 && static_cast<std::size_t>(n) < room;
  return n;
}

std::int64_t write_once(io::operation& op, int fd, bool& drained) noexcept {
  const std::size_t offered = std::min(op.size, bytes_at_once);
  const std::int64_t n = send_bytes(op.bytes, offered, fd);
  drained = n >= 0 && static_cast<std::size_t>(n) < offered;
  return n;
}

std::int64_t write_everything(io::operation& op, int fd) noexcept {
  const bool vectored = op.what_kind() == io::operation::kind::writev_all;
  for (;;) {
    const std::int64_t n =
        vectored ? send_parts(op, fd) : send_bytes(op.bytes, std::min(op.size, bytes_at_once), fd);
    if (n < 0) return n;
    if (op.advance(static_cast<std::size_t>(n))) return 0;
  }
}

std::int64_t look(int fd, bool outward) noexcept {
  pollfd asked{.fd = fd, .events = static_cast<short>(outward ? POLLOUT : POLLIN), .revents = 0};
  const int n = uninterrupted([&] { return ::poll(&asked, 1, 0); });
  if (n < 0) return -errno;
  if ((asked.revents & POLLNVAL) != 0) return -EBADF;
  return n == 0 ? -EAGAIN : 0;
}

int accept_once(int fd, endpoint& peer) noexcept {
  for (;;) {
    socklen_t size = endpoint::capacity();
    const int connection = ::accept4(fd, peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection >= 0) return connection;
    switch (errno) {
      case EINTR:
      case ECONNABORTED:
      case EPROTO:
      case EPERM:
      case ENETDOWN:
      case ENOPROTOOPT:
      case EHOSTDOWN:
      case ENONET:
      case EHOSTUNREACH:
      case ENETUNREACH: continue;  // accept(2): errors of that one connection
      default: return -errno;
    }
  }
}

std::int64_t connect_once(int fd, const endpoint& to) noexcept {
  if (::connect(fd, to.data(), to.size()) == 0 || errno == EISCONN) return 0;
  if (errno == EINPROGRESS || errno == EALREADY || errno == EINTR) return -EAGAIN;
  // For TCP, EAGAIN means that no local port is left; to the reactor it would mean "wait".
  return errno == EAGAIN ? -EADDRNOTAVAIL : -errno;
}

}  // namespace jackdaw::reactor
