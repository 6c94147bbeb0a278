// SPDX-License-Identifier: MIT
// The system calls of the reactor, without EINTR and errno: a result, or a negated error number.
#pragma once

#include <cstdint>

#include <jackdaw/io/operation.hpp>

#include "reactor/owned_fd.hpp"

namespace jackdaw::reactor {

[[noreturn]] void throw_errno(int error);
/// `fd`, or std::system_error with the errno if it is negative.
[[nodiscard]] owned_fd checked(int fd);

/// `drained`: less came than there was room for.
[[nodiscard]] std::int64_t read_once(io::operation& op, int fd, bool& drained) noexcept;
/// `drained`: less went than was offered.
[[nodiscard]] std::int64_t write_once(io::operation& op, int fd, bool& drained) noexcept;
/// Until everything is written or nothing more goes at the moment; then -EAGAIN.
[[nodiscard]] std::int64_t write_everything(io::operation& op, int fd) noexcept;
/// 0, or -EAGAIN if the descriptor is not ready.
[[nodiscard]] std::int64_t look(int fd, bool outward) noexcept;
/// A connection or a negated error number; faults of the connection that was to be accepted are
/// skipped.
[[nodiscard]] int accept_once(int fd, endpoint& peer) noexcept;
/// 0, -EAGAIN while it is under way, or how it failed. Asked again while it is under way.
[[nodiscard]] std::int64_t connect_once(int fd, const endpoint& to) noexcept;

}  // namespace jackdaw::reactor
