// SPDX-License-Identifier: MIT
// A socket that TCP connections come in at.
#pragma once

#include <utility>

#include <jackdaw/io/descriptor.hpp>
#include <jackdaw/io/error.hpp>
#include <jackdaw/io/tcp_stream.hpp>

namespace jackdaw {

using listen_options = io::listen_options;

/// Accepts TCP connections; closed by its destructor, which resets those that nobody has accepted.
/// Errors as those of tcp_stream.
///
/// Thread safety: one task at a time accepts; `close` from any other. It must not outlive its
/// runtime.
class tcp_listener {
 public:
  /// Binds and listens; port 0 picks a free one. Uses the runtime that the calling thread works
  /// for, or else the only one that there is (std::logic_error if there is none, or several).
  /// Throws std::system_error that names the endpoint.
  [[nodiscard]] static tcp_listener bind(const endpoint& at, const listen_options& options = {});
  /// The same, with an engine of one's choice.
  [[nodiscard]] static tcp_listener bind(io::engine& e, const endpoint& at,
                                         const listen_options& options = {});

  class [[nodiscard("an operation does nothing until it is awaited")]] accept_operation {
   public:
    explicit accept_operation(const tcp_listener& l) noexcept : listener_(&l) {}

    class awaiter final : public io::operation {
     public:
      awaiter(const tcp_listener& l, task_context& t) noexcept
          : operation(t, l.descriptor_.owner(), &l.descriptor_.get(), kind::accept, "accept at"),
            listener_(&l) {
        peer = &from_;
      }
      tcp_stream await_resume() const {
        const std::int64_t error = result();
        if (error < 0) [[unlikely]]
          io::throw_error(static_cast<int>(-error), what(), listener_->local_);
        return tcp_stream(io::descriptor(listener_->descriptor_.owner(), *accepted), from_);
      }

     private:
      const tcp_listener* listener_;
      endpoint from_;
    };
    awaiter bind(task_context& t) const noexcept { return awaiter(*listener_, t); }

   private:
    const tcp_listener* listener_;
  };
  /// The next connection. Faults of single connections are passed over; EMFILE, ENFILE, ENOBUFS and
  /// ENOMEM come out as errors (`serve` survives them). Cancelled: no connection was taken.
  [[nodiscard]] accept_operation accept() const noexcept { return accept_operation(*this); }

  /// Closes: an accept in progress fails with ECANCELED. May be called again.
  void close() const noexcept { descriptor_.close(); }
  /// The process has no descriptor left: drops one waiting connection, so that its client need not
  /// wait. False: there was none.
  bool drop_connection() const noexcept {
    return descriptor_.owner().drop_connection(descriptor_.get());
  }

  [[nodiscard]] const endpoint& local_endpoint() const noexcept { return local_; }

 private:
  tcp_listener(io::descriptor d, const endpoint& local) noexcept
      : descriptor_(std::move(d)), local_(local) {}

  io::descriptor descriptor_;
  endpoint local_;
};

}  // namespace jackdaw
