// SPDX-License-Identifier: MIT
// blocking_client: a client of the server on a plain socket of the kernel, which sends what it is
// told to.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace server_tests {

/// An answer as it came.
struct answer {
  int status = 0;
  std::string head;  ///< the status line and the header fields
  std::string body;

  [[nodiscard]] bool has(std::string_view line) const {
    return head.find("\r\n" + std::string(line)) != std::string::npos;
  }
};

/// It shares no code with the server, and blocks the thread of the test. An answer that does not
/// come within 20 s, or is no HTTP, is an exception.
class blocking_client {
 public:
  explicit blocking_client(std::uint16_t port, int receive_buffer = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (receive_buffer != 0)
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
      ::close(fd_);
      throw std::runtime_error("no connection to the server");
    }
  }
  blocking_client(blocking_client&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}
  blocking_client& operator=(blocking_client&&) = delete;
  ~blocking_client() {
    if (fd_ >= 0) ::close(fd_);
  }

  /// False: the server has closed the connection meanwhile.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  answer read_answer(bool with_body = true) {
    answer got;
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) receive_some();
    got.head = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    if (got.head.rfind("HTTP/1.1 ", 0) != 0) throw std::runtime_error("no HTTP: " + got.head);
    got.status = std::stoi(got.head.substr(9));
    const std::size_t field = got.head.find("\r\nContent-Length: ");
    if (!with_body || field == std::string::npos) return got;
    const auto length = static_cast<std::size_t>(std::stoul(got.head.substr(field + 18)));
    while (received_.size() < length) receive_some();
    got.body = received_.substr(0, length);
    received_.erase(0, length);
    return got;
  }

  answer get(std::string_view target) {
    send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n");
    return read_answer();
  }

  /// What still comes before the server closes its side; throws if it resets the connection.
  std::string read_to_end() {
    try {
      for (;;) receive_some();
    } catch (const ended&) {
      return std::exchange(received_, {});
    }
  }

  /// Whether the server closes, resets or answers within so many milliseconds.
  [[nodiscard]] bool hears_within(int milliseconds) {
    pollfd one{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&one, 1, milliseconds) > 0;
  }

  void shutdown_write() { ::shutdown(fd_, SHUT_WR); }

 private:
  struct ended : std::runtime_error {
    using runtime_error::runtime_error;
  };

  void receive_some() {
    char part[16 * 1024];
    const ssize_t n = ::recv(fd_, part, sizeof part, 0);
    if (n == 0) throw ended("the server has closed the connection after: " + received_);
    if (n < 0) throw std::system_error(errno, std::generic_category(), "recv");
    received_.append(part, static_cast<std::size_t>(n));
  }

  int fd_;
  std::string received_;
};

}  // namespace server_tests
