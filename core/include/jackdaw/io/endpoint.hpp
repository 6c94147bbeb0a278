// SPDX-License-Identifier: MIT
// The address of one end of a connection: an IPv4 or IPv6 address and a port.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jackdaw {

/// An IP address and a port. Not a host name: names are resolved by `resolver` or by
/// `tcp_stream::connect(host, port)`.
///
/// A value without invariants to break: copying is cheap, no member but the constructors from text
/// throws.
class endpoint {
 public:
  /// 0.0.0.0:0.
  endpoint() noexcept;
  /// `address` in the usual notation: "127.0.0.1", "::1", "fe80::1%2". Throws std::invalid_argument
  /// if it is not one.
  endpoint(std::string_view address, std::uint16_t port);
  /// From the kernel's form. Throws std::invalid_argument for another family than AF_INET and
  /// AF_INET6.
  endpoint(const sockaddr* address, socklen_t size);

  /// "127.0.0.1:8080" or "[::1]:8080"; nothing if the text is neither.
  [[nodiscard]] static std::optional<endpoint> parse(std::string_view text) noexcept;

  [[nodiscard]] bool is_v6() const noexcept { return storage_.any.sa_family == AF_INET6; }
  [[nodiscard]] int family() const noexcept { return storage_.any.sa_family; }
  [[nodiscard]] std::uint16_t port() const noexcept;
  void set_port(std::uint16_t port) noexcept;
  /// The address alone, as text.
  [[nodiscard]] std::string address() const;
  /// As `parse` reads it.
  [[nodiscard]] std::string to_string() const;

  /// The kernel's form.
  [[nodiscard]] const sockaddr* data() const noexcept { return &storage_.any; }
  [[nodiscard]] sockaddr* data() noexcept { return &storage_.any; }
  [[nodiscard]] socklen_t size() const noexcept {
    return static_cast<socklen_t>(is_v6() ? sizeof storage_.v6 : sizeof storage_.v4);
  }
  /// Room at `data()` for whatever the kernel may write there.
  [[nodiscard]] static constexpr socklen_t capacity() noexcept {
    return static_cast<socklen_t>(sizeof(storage));
  }

  [[nodiscard]] friend bool operator==(const endpoint& a, const endpoint& b) noexcept {
    return (a <=> b) == 0;
  }
  /// An order for containers: family, address, port.
  friend std::strong_ordering operator<=>(const endpoint& a, const endpoint& b) noexcept;

 private:
  union storage {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };

  [[nodiscard]] bool assign(std::string_view address, std::uint16_t port) noexcept;

  storage storage_;
};

}  // namespace jackdaw
