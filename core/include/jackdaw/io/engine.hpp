// SPDX-License-Identifier: MIT
// The io engine: what core needs from below to open descriptors and to read and write them.
#pragma once

#include <cstdint>

#include <jackdaw/io/endpoint.hpp>
#include <jackdaw/io/operation.hpp>

namespace jackdaw::io {

/// How a listening socket is to be opened.
struct listen_options {
  int backlog =
      4096;  ///< connections that wait to be accepted; the kernel cuts it at net.core.somaxconn
  bool reuse_port = false;  ///< several listeners share the port (SO_REUSEPORT), and the kernel
                            ///< spreads the connections
};

/// An engine does operations on descriptors. It is completion-shaped: an engine on readiness
/// (epoll) does the system call in `start` or in `resume`, one on completions (io_uring) does it in
/// between, a simulated one does none.
///
/// Opening functions throw std::system_error without a text of their own; the sockets add operation
/// and endpoint. Thread safety: any thread. Of one descriptor at most one operation per direction
/// may be in progress; a second one completes with EBUSY. `close` may come at any time; `release`
/// comes last and never during an operation.
class engine {
 public:
  /// A bound, listening TCP socket. `address` becomes what it is bound to.
  [[nodiscard]] virtual registration& listen(endpoint& address, const listen_options& options) = 0;
  /// A TCP socket to be connected by an operation.
  [[nodiscard]] virtual registration& open_stream(int family) = 0;
  /// A descriptor of somebody else, to be waited for by one operation; `release` leaves it open.
  [[nodiscard]] virtual registration& borrow(int fd) = 0;
  /// A readable counter (eventfd), for signal handlers to write to.
  [[nodiscard]] virtual registration& open_counter() = 0;

  /// Wakes whoever waits for it with ECANCELED, as later operations are, and closes it as soon as
  /// no system call is using it. May be called again.
  virtual void close(registration& r) noexcept = 0;
  /// Closes it if it is not closed, and forgets it.
  virtual void release(registration& r) noexcept = 0;

  /// Tells the peer that nothing more comes. 0 or a negated error number.
  [[nodiscard]] virtual int shutdown_write(registration& r) noexcept = 0;
  [[nodiscard]] virtual endpoint local_endpoint(registration& r) = 0;
  /// The process has no descriptor left: takes one waiting connection and drops it, so that its
  /// client knows. False: there was none.
  virtual bool drop_connection(registration& listener) noexcept = 0;

  // The four steps of an operation: see operation.hpp.

  /// The task itself. True: complete. False: it has to wait.
  [[nodiscard]] virtual bool start(operation& op) noexcept = 0;
  /// The task itself. True: the engine has it from here on. False: it is complete.
  [[nodiscard]] virtual bool publish(operation& op) noexcept = 0;
  /// The task itself, after a grant. True: complete. False: it has to wait again.
  [[nodiscard]] virtual bool resume(operation& op) noexcept = 0;
  /// A canceller. True: taken back, nothing has happened. False: it is being granted.
  [[nodiscard]] virtual bool unlink(operation& op) noexcept = 0;

 protected:
  engine() noexcept;
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  ~engine();
};

/// The engine of the runtime that the calling thread works for, else the only one that the process
/// has. Throws std::logic_error if there is none, or more than one.
[[nodiscard]] engine& this_engine();
/// The engine of a task's runtime. Throws std::logic_error if that has none.
[[nodiscard]] engine& engine_of(const task_context& t);

}  // namespace jackdaw::io
