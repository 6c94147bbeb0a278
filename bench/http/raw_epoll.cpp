// SPDX-License-Identifier: MIT
// The floor: plaintext over HTTP by hand on epoll, one event loop and one listening socket a
// thread.
//
// SO_REUSEPORT spreads connections over the threads; each connection is registered once,
// edge-triggered, for both directions, and lives and dies on its thread. There is no runtime, no
// allocation per request and no shared state: what a runtime costs is what it costs more than this.
#include "workload.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <thread>
#include <vector>

namespace {

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// One client: what was read and not yet answered, and how many answer bytes are owed.
class connection {
 public:
  explicit connection(int fd) : fd_(fd) {}
  ~connection() { ::close(fd_); }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  int fd() const { return fd_; }

  /// Reads and answers until the socket has no more; false: the connection is over.
  bool serve() {
    for (;;) {
      if (!send_owed()) return false;
      if (owed_ != 0) return true;
      if (have_ == sizeof input_) return false;
      const ssize_t n = ::recv(fd_, input_ + have_, sizeof input_ - have_, 0);
      if (n == 0) return false;
      if (n < 0) return errno == EAGAIN || errno == EINTR;
      const bool drained = static_cast<std::size_t>(n) < sizeof input_ - have_;
      have_ += static_cast<std::size_t>(n);
      take_requests();
      // A short read empties the socket; the next byte, or the end of the stream, is a new edge.
      if (drained && !ended_) return send_owed();
    }
  }

  void stream_ended() { ended_ = true; }

 private:
  void take_requests() {
    const plaintext::complete_requests found = plaintext::find_requests(input_, have_);
    owed_ += found.count * plaintext::response.size();
    have_ -= found.bytes;
    if (have_ != 0 && found.bytes != 0) std::memmove(input_, input_ + found.bytes, have_);
  }

  bool send_owed() {
    while (owed_ != 0) {
      // What was sent of the current answer decides where in the batch to start.
      const std::size_t size = plaintext::response.size();
      const std::size_t offset = (size - owed_ % size) % size;
      const std::size_t amount = std::min(owed_, sizeof plaintext::answers.bytes - offset);
      const ssize_t n = ::send(fd_, plaintext::answers.bytes + offset, amount, MSG_NOSIGNAL);
      if (n < 0) return errno == EAGAIN || errno == EINTR;
      owed_ -= static_cast<std::size_t>(n);
    }
    return true;
  }

  int fd_;
  bool ended_ = false;
  std::size_t have_ = 0;
  std::size_t owed_ = 0;
  char input_[plaintext::request_bytes_max];
};

int listen_on(unsigned short port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (::listen(fd, SOMAXCONN) != 0) fail("listen");
  return fd;
}

unsigned short port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) fail("getsockname");
  return ntohs(address.sin_port);
}

void watch(int epoll, int fd, std::uint32_t events, void* data) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = data;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

void accept_all(int epoll, int listener) {
  for (;;) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto client = std::make_unique<connection>(fd);
    watch(epoll, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, client.get());
    client.release();
  }
}

void loop(int listener) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) fail("epoll_create1");
  watch(epoll, listener, EPOLLIN, nullptr);
  std::vector<epoll_event> events(256);
  for (;;) {
    const int n = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < n; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      auto* client = static_cast<connection*>(event.data.ptr);
      if (client == nullptr) {
        accept_all(epoll, listener);
        continue;
      }
      if ((event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) client->stream_ended();
      if (!client->serve()) delete client;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const plaintext::options options = plaintext::parse(argc, argv);
  std::vector<int> listeners{listen_on(options.port)};
  const unsigned short port = port_of(listeners.front());
  while (listeners.size() < options.threads) listeners.push_back(listen_on(port));
  std::vector<std::thread> threads;
  for (const int listener : listeners) threads.emplace_back(loop, listener);
  plaintext::announce(port);
  for (std::thread& thread : threads) thread.join();
}
