// SPDX-License-Identifier: MIT
#include <jackdaw/io/endpoint.hpp>

#include <arpa/inet.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <span>
#include <stdexcept>

namespace jackdaw {

namespace {

constexpr std::size_t address_text_max = INET6_ADDRSTRLEN + IF_NAMESIZE + 1;

/// An interface: its number or its name. 0: there is no such interface.
std::uint32_t scope_id(std::string_view text) noexcept {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error == std::errc() && end == text.data() + text.size()) return id;
  std::array<char, IF_NAMESIZE> name{};
  if (text.size() >= name.size()) return 0;
  std::ranges::copy(text, name.begin());
  return ::if_nametoindex(name.data());
}

}  // namespace

endpoint::endpoint() noexcept {
  std::memset(&storage_, 0, sizeof storage_);
  storage_.v4.sin_family = AF_INET;
}

endpoint::endpoint(std::string_view address, std::uint16_t port) : endpoint() {
  if (!assign(address, port)) {
    throw std::invalid_argument(
        "jackdaw: not an IP address: \"" + std::string(address) +
        "\"; host names go to tcp_stream::connect(host, port) or to resolver");
  }
}

endpoint::endpoint(const sockaddr* address, socklen_t size) : endpoint() {
  const bool v4 = address->sa_family == AF_INET && size >= sizeof storage_.v4;
  const bool v6 = address->sa_family == AF_INET6 && size >= sizeof storage_.v6;
  if (!v4 && !v6) throw std::invalid_argument("jackdaw: an endpoint is an IPv4 or an IPv6 address");
  std::memcpy(&storage_, address, v4 ? sizeof storage_.v4 : sizeof storage_.v6);
}

bool endpoint::assign(std::string_view address, std::uint16_t port) noexcept {
  std::array<char, address_text_max> text{};
  const std::size_t percent = address.find('%');
  const std::string_view number = address.substr(0, percent);
  if (number.size() >= text.size()) return false;
  std::ranges::copy(number, text.begin());
  std::memset(&storage_, 0, sizeof storage_);
  if (percent == std::string_view::npos &&
      ::inet_pton(AF_INET, text.data(), &storage_.v4.sin_addr) == 1) {
    storage_.v4.sin_family = AF_INET;
    storage_.v4.sin_port = htons(port);
    return true;
  }
  if (::inet_pton(AF_INET6, text.data(), &storage_.v6.sin6_addr) != 1) return false;
  storage_.v6.sin6_family = AF_INET6;
  storage_.v6.sin6_port = htons(port);
  if (percent == std::string_view::npos) return true;
  storage_.v6.sin6_scope_id = scope_id(address.substr(percent + 1));
  return storage_.v6.sin6_scope_id != 0;
}

std::optional<endpoint> endpoint::parse(std::string_view text) noexcept {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  std::string_view address = text.substr(0, colon);
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  if (bracketed != (address.find(':') != std::string_view::npos)) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
    return std::nullopt;
  endpoint result;
  if (!result.assign(address, port)) return std::nullopt;
  return result;
}

std::uint16_t endpoint::port() const noexcept {
  return ntohs(is_v6() ? storage_.v6.sin6_port : storage_.v4.sin_port);
}

void endpoint::set_port(std::uint16_t port) noexcept {
  (is_v6() ? storage_.v6.sin6_port : storage_.v4.sin_port) = htons(port);
}

std::string endpoint::address() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* number = is_v6() ? static_cast<const void*>(&storage_.v6.sin6_addr)
                               : static_cast<const void*>(&storage_.v4.sin_addr);
  ::inet_ntop(family(), number, text.data(), text.size());
  std::string result(text.data());
  if (is_v6() && storage_.v6.sin6_scope_id != 0) {
    result += '%';
    result += std::to_string(storage_.v6.sin6_scope_id);
  }
  return result;
}

std::string endpoint::to_string() const {
  const std::string number = std::to_string(port());
  return is_v6() ? "[" + address() + "]:" + number : address() + ":" + number;
}

std::strong_ordering operator<=>(const endpoint& a, const endpoint& b) noexcept {
  if (a.family() != b.family()) return a.family() <=> b.family();
  int order = 0;
  if (a.is_v6()) {
    order = std::memcmp(&a.storage_.v6.sin6_addr, &b.storage_.v6.sin6_addr, sizeof(in6_addr));
    if (order == 0 && a.storage_.v6.sin6_scope_id != b.storage_.v6.sin6_scope_id) {
      return a.storage_.v6.sin6_scope_id <=> b.storage_.v6.sin6_scope_id;
    }
  } else {
    order = std::memcmp(&a.storage_.v4.sin_addr, &b.storage_.v4.sin_addr, sizeof(in_addr));
  }
  return order != 0 ? order <=> 0 : a.port() <=> b.port();
}

}  // namespace jackdaw
