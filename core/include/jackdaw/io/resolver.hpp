// SPDX-License-Identifier: MIT
// From host names to addresses.
#pragma once

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include <jackdaw/io/endpoint.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

/// The category of getaddrinfo's errors: "Name or service not known" and the like.
[[nodiscard]] const std::error_category& resolver_category() noexcept;

/// Looks host names up as the system does (getaddrinfo: hosts file, DNS, ...), on a thread of the
/// blocking pool.
///
/// Thread safety: all.
class resolver {
 public:
  /// The addresses of `host`, in the system's order of preference (RFC 6724); never none. An
  /// address in text form is returned without a look-up. Throws std::system_error that names the
  /// host. Cancelled: goes on at once; the look-up ends alone.
  [[nodiscard]] task<std::vector<endpoint>> resolve(std::string host, std::uint16_t port) const;
};

}  // namespace jackdaw
