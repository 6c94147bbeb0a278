// SPDX-License-Identifier: MIT
// A TCP connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include <jackdaw/io/descriptor.hpp>
#include <jackdaw/io/endpoint.hpp>
#include <jackdaw/io/transfer.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

/// A TCP connection; closed by its destructor. Small writes go out at once (TCP_NODELAY).
///
/// Every operation is a checkpoint: it throws `cancelled` if the task's scope is cancelled before
/// it has had its effect. Errors are std::system_error that names operation and peer: ECANCELED
/// after `close`, EBUSY if another task is in an operation of the same direction.
///
/// Thread safety: at a time one task may read and one may write, on any workers; `close` may come
/// from a third. Moving and destroying want the stream for themselves. It must not outlive its
/// runtime.
class tcp_stream {
 public:
  /// No connection; to be assigned to.
  tcp_stream() noexcept = default;
  /// For listeners and engines.
  tcp_stream(io::descriptor d, const endpoint& peer) noexcept
      : descriptor_(std::move(d)), peer_(peer) {}

  /// Connects. Cancelled: the attempt is given up, nothing stays open.
  [[nodiscard]] static task<tcp_stream> connect(endpoint to);
  /// Looks the host up and connects to the first of its addresses that answers: both families in
  /// turn, 250 ms apart (Happy Eyeballs, RFC 8305). Throws the error of the first address if none
  /// does. Cancelled: all attempts are given up.
  [[nodiscard]] static task<tcp_stream> connect(std::string host, std::uint16_t port);

  /// Reads what is there, at least a byte, into `into`; 0 is the end of the stream (or an empty
  /// `into`). Cancelled: nothing was read, no byte is lost.
  [[nodiscard]] io::transfer<std::size_t> read_some(std::span<std::byte> into) const noexcept {
    return {descriptor_, peer_, io::operation::kind::read, "read from", into};
  }
  /// Writes what there is room for, at least a byte unless `from` is empty. Cancelled: nothing was
  /// written.
  [[nodiscard]] io::transfer<std::size_t> write_some(
      std::span<const std::byte> from) const noexcept {
    return {descriptor_, peer_, io::operation::kind::write, "write to", from};
  }
  /// Writes everything. Cancelled or failed: some of it, from the front, may have been sent; all
  /// that is left to do with the stream is to close it.
  [[nodiscard]] io::transfer<void> write_all(std::span<const std::byte> from) const noexcept {
    return {descriptor_, peer_, io::operation::kind::write_all, "write to", from};
  }
  /// The same, from many places in order, with as few system calls as possible.
  [[nodiscard]] io::transfer<void> write_all(
      std::span<const std::span<const std::byte>> from) const noexcept {
    return {descriptor_, peer_, "write to", from};
  }

  /// Tells the peer that nothing more comes; reading goes on. Throws `cancelled` before, never
  /// after.
  task<> shutdown_write();
  /// Closes: an operation in progress, and later ones, fail with ECANCELED. Closes in a cancelled
  /// scope as well, throws nothing, may be called again.
  task<> close() noexcept;

  /// Throws std::system_error once the stream is closed.
  [[nodiscard]] endpoint local_endpoint() const;
  [[nodiscard]] const endpoint& remote_endpoint() const noexcept { return peer_; }
  /// The operating system's descriptor, for options that are not wrapped here. Not to be closed,
  /// read or written.
  [[nodiscard]] int native_handle() const noexcept { return descriptor_.get().fd; }
  /// Is there a descriptor, open or closed?
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(descriptor_); }

 private:
  io::descriptor descriptor_;
  endpoint peer_;
};

}  // namespace jackdaw
