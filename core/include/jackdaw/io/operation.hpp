// SPDX-License-Identifier: MIT
// One input or output operation: what is to be done, the task that waits for it, and its result.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <span>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/io/endpoint.hpp>

namespace jackdaw::io {

class engine;

/// A descriptor as its engine keeps it. The engine owns it and derives from it.
struct registration {
  base::plain<int> fd = -1;

 protected:
  registration() noexcept = default;
  ~registration() = default;
};

/// An operation in progress; lives in the frame of the task that awaits it. The awaiters of sockets
/// derive from it.
///
/// How it goes, whatever the engine: `engine::start` tries it at once; if that is not possible the
/// task parks and `engine::publish` hands the operation over; the engine takes it back with
/// `grant`; then, on the worker that takes up the task and before the coroutine goes on,
/// `engine::resume` finishes it, or finds that there is nothing to be had after all, and the task
/// parks again. A cancelled operation has done nothing, apart from `write_all`, of which a part may
/// have been sent.
///
/// Thread safety: belongs to the task, or while it is parked to whoever took it out of the engine.
class operation : public waiter {
 public:
  enum class kind : std::uint8_t {
    accept,      ///< result: 0; `accepted` and `peer` are set
    connect,     ///< to `peer`
    read,        ///< into `bytes`; result: how many, 0 at the end of the stream
    write,       ///< from `bytes`; result: how many
    write_all,   ///< from `bytes`; result: all of them
    writev_all,  ///< from `parts`; result: all of them
    readable,    ///< nothing but waiting
    writable,
  };

  operation(task_context& t, engine& e, registration* target, kind k, const char* what) noexcept
      : waiter(t, unlink, what), engine_(&e), target_(target), kind_(k) {}

  [[nodiscard]] bool await_ready() noexcept;
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> h) noexcept;

  // For engines.
  [[nodiscard]] registration* target() const noexcept { return target_; }
  [[nodiscard]] kind what_kind() const noexcept { return kind_; }
  /// Reading, accepting and waiting to read are one direction, the rest is the other.
  [[nodiscard]] bool outward() const noexcept {
    return kind_ != kind::accept && kind_ != kind::read && kind_ != kind::readable;
  }
  [[nodiscard]] bool done() const noexcept { return done_; }
  /// The end: a count, or an error number below zero.
  void complete(std::int64_t result) noexcept {
    result_ = result;
    done_ = true;
  }
  /// `n` bytes have been sent. True: that was all of them, the operation is complete.
  [[nodiscard]] bool advance(std::size_t n) noexcept;

  std::byte* bytes = nullptr;                         ///< read into or, for writes, only read from
  std::size_t size = 0;                               ///< of `bytes`: what is left
  std::span<const std::span<const std::byte>> parts;  ///< of writev_all: what is left
  std::size_t skip = 0;  ///< of the first part: what has been sent of it
  endpoint* peer = nullptr;
  registration* accepted = nullptr;

 protected:
  ~operation() = default;

  /// What it came to; below zero: the negated error number. Throws `cancelled`.
  [[nodiscard]] std::int64_t result() const {
    throw_if_cancelled();
    return result_;
  }
  [[nodiscard]] std::size_t transferred() const noexcept { return transferred_; }

 private:
  static bool unlink(waiter& w) noexcept;
  static void go_on(work& w) noexcept;
  [[nodiscard]] bool park() noexcept;

  engine* engine_;
  registration* target_;
  std::coroutine_handle<> coroutine_;
  std::int64_t result_ = 0;
  std::size_t transferred_ = 0;  // by the writes that send everything
  const kind kind_;
  bool done_ = false;
};

}  // namespace jackdaw::io
