// SPDX-License-Identifier: MIT
// A TCP connection inside the simulation: two pipes, each with bytes on their way.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>

#include <jackdaw/executors/simulation.hpp>
#include <jackdaw/time/timer.hpp>

#include "simulation/dice.hpp"
#include "simulation/own_memory.hpp"
#include "simulation/timeline.hpp"

namespace jackdaw::simulated {

/// What a pipe tells the socket at one of its ends.
class pipe_end {
 public:
  virtual void readable() noexcept = 0;
  virtual void writable() noexcept = 0;

 protected:
  ~pipe_end() = default;
};

/// One direction of a connection. What is written arrives, in order, after a latency that the dice
/// decide; an end of the stream as well; a reset takes all that is on its way with it.
///
/// Thread safety: none; the simulation's thread.
class pipe : private timer_node {
 public:
  pipe(timeline& t, dice& d, const simulated_network_options& options) noexcept
      : timer_node(arrive), time_(&t), dice_(&d), options_(&options) {}
  ~pipe() { (void)time_->remove(*this); }

  /// The sockets at its ends; null: gone.
  pipe_end* reader = nullptr;
  pipe_end* writer = nullptr;

  /// How many bytes can be written now.
  [[nodiscard]] std::size_t room() const noexcept;
  void write(const std::byte* from, std::size_t n) noexcept;
  /// The end of the stream, after what was written.
  void finish() noexcept;
  /// Reaches the reader as ECONNRESET.
  void reset() noexcept;

  [[nodiscard]] std::size_t available() const noexcept { return available_; }
  [[nodiscard]] bool ended() const noexcept { return ended_ && available_ == 0; }
  [[nodiscard]] bool was_reset() const noexcept { return reset_; }
  [[nodiscard]] bool holds_anything() const noexcept { return !bytes_.empty(); }
  void read(std::byte* into, std::size_t n) noexcept;

 private:
  enum class kind : std::uint8_t { bytes, end, reset };
  struct packet {
    std::int64_t arrival;
    std::size_t size;
    kind what;
  };

  void send(packet p) noexcept;
  static void arrive(timer_node& n) noexcept;
  void take_in(const packet& p) noexcept;

  timeline* time_;
  dice* dice_;
  const simulated_network_options* options_;
  std::deque<std::byte, own_memory<std::byte>> bytes_;  // unread, of which the first have arrived
  std::deque<packet, own_memory<packet>> on_their_way_;
  std::size_t available_ = 0;
  bool ended_ = false;
  bool reset_ = false;
};

/// Both directions. `ways[i]` is written by the socket of side i, 0 being who connected.
struct connection {
  connection(timeline& t, dice& d, const simulated_network_options& options) noexcept
      : ways{pipe(t, d, options), pipe(t, d, options)} {}

  [[nodiscard]] pipe& from(int side) noexcept { return ways[static_cast<std::size_t>(side)]; }
  [[nodiscard]] pipe& to(int side) noexcept { return ways[static_cast<std::size_t>(1 - side)]; }
  void reset() noexcept {
    for (pipe& p : ways) p.reset();
  }

  std::array<pipe, 2> ways;
  std::size_t bytes_before_reset = SIZE_MAX;  // of both directions together
};

}  // namespace jackdaw::simulated
