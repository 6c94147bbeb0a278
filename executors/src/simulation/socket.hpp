// SPDX-License-Identifier: MIT
// A socket inside the simulation: a listener or one end of a connection.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include <jackdaw/io/engine.hpp>
#include <jackdaw/time/timer.hpp>

#include "simulation/connection.hpp"

namespace jackdaw::simulated {

class network;

/// A connection that nobody has accepted yet.
struct incoming {
  std::shared_ptr<connection> link;
  endpoint client;
};

/// Who waits in one direction of a socket. An operation that was woken has the direction until it
/// is taken up again.
class direction {
 public:
  [[nodiscard]] bool busy() const noexcept { return awaited() || woken_; }
  [[nodiscard]] bool awaited() const noexcept { return waiting_ != nullptr; }
  void wait(io::operation& op) noexcept { waiting_ = &op; }
  void taken_up() noexcept { woken_ = false; }
  /// Wakes who waits, if anybody does.
  void wake() noexcept {
    if (waiting_ == nullptr) return;
    woken_ = true;
    grant(*std::exchange(waiting_, nullptr));
  }
  /// False: it has been woken.
  [[nodiscard]] bool unlink(const io::operation& op) noexcept {
    if (waiting_ != &op) return false;
    waiting_ = nullptr;
    return true;
  }

 private:
  io::operation* waiting_ = nullptr;
  bool woken_ = false;
};

struct socket final : io::registration, pipe_end, timer_node {
  enum class state : std::uint8_t {
    fresh,
    connecting,
    connected,
    refused,
    listening,
    of_the_system
  };

  explicit socket(network& n) noexcept;

  void readable() noexcept override { inward.wake(); }
  void writable() noexcept override { outward.wake(); }
  [[nodiscard]] simulated::direction& direction_of(const io::operation& op) noexcept {
    return op.outward() ? outward : inward;
  }
  /// Makes it side `s` of a connection.
  void attach(std::shared_ptr<connection> c, int s) noexcept;

  network* net;
  state phase = state::fresh;
  bool closed = false;
  bool finished = false;  // no more writing
  bool owns_fd = false;   // one of the system's: it is closed with it
  simulated::direction inward;
  simulated::direction outward;
  endpoint local;
  endpoint remote;
  std::shared_ptr<connection> link;
  int side = 0;
  std::deque<incoming, own_memory<incoming>> backlog;
  std::size_t backlog_max = 0;
  bool shares_port = false;
};

}  // namespace jackdaw::simulated
