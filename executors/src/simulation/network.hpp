// SPDX-License-Identifier: MIT
// The io engine inside a simulation: sockets that talk to each other and to nobody else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <jackdaw/executors/simulation.hpp>
#include <jackdaw/io/engine.hpp>

#include "simulation/dice.hpp"
#include "simulation/own_memory.hpp"
#include "simulation/socket.hpp"
#include "simulation/timeline.hpp"

namespace jackdaw::simulated {

/// Sockets behave as the kernel's do: bytes arrive in order after a latency, a full buffer makes
/// the writer wait, closing with unread data resets, writing to a closed peer is answered by a
/// reset. Names are resolved elsewhere. Descriptors of the operating system, borrowed ones and
/// those that signals are counted by, are looked at before each step: what happens to them between
/// two steps, by the program itself, is as repeatable as the program.
///
/// Thread safety: none; the simulation's thread.
class network final : public io::engine {
 public:
  network(timeline& t, dice& d, const simulated_network_options& options) noexcept
      : time_(&t), dice_(&d), options_(&options) {}

  [[nodiscard]] io::registration& listen(endpoint& address,
                                         const io::listen_options& options) override;
  [[nodiscard]] io::registration& open_stream(int family) override;
  [[nodiscard]] io::registration& borrow(int fd) override;
  [[nodiscard]] io::registration& open_counter() override;
  void close(io::registration& r) noexcept override;
  void release(io::registration& r) noexcept override;
  [[nodiscard]] int shutdown_write(io::registration& r) noexcept override;
  [[nodiscard]] endpoint local_endpoint(io::registration& r) override;
  bool drop_connection(io::registration& listener) noexcept override;

  [[nodiscard]] bool start(io::operation& op) noexcept override;
  [[nodiscard]] bool publish(io::operation& op) noexcept override;
  [[nodiscard]] bool resume(io::operation& op) noexcept override;
  [[nodiscard]] bool unlink(io::operation& op) noexcept override;

  /// Wakes who waits for a descriptor of the operating system to which something has happened.
  void look_outside() noexcept;

  /// Sockets that are not released; for tests.
  [[nodiscard]] std::size_t sockets() const noexcept { return sockets_; }

 private:
  friend struct socket;

  [[nodiscard]] std::uint16_t free_port() noexcept { return next_port_++; }
  [[nodiscard]] bool taken(const endpoint& address, bool shared) const noexcept;
  [[nodiscard]] socket* listener_at(const endpoint& to) noexcept;
  static void handshake_ended(timer_node& n) noexcept;
  [[nodiscard]] bool establish(socket& client) noexcept;

  [[nodiscard]] io::registration& adopt(int fd, bool owned);
  [[nodiscard]] std::int64_t ask_the_system(io::operation& op, const socket& s) noexcept;
  void forget(socket& s) noexcept;
  [[nodiscard]] std::int64_t attempt(io::operation& op, socket& s) noexcept;
  [[nodiscard]] std::int64_t accept(io::operation& op, socket& s) noexcept;
  [[nodiscard]] std::int64_t connect(io::operation& op, socket& s) noexcept;
  [[nodiscard]] std::int64_t read(io::operation& op, socket& s) noexcept;
  [[nodiscard]] std::int64_t write(io::operation& op, socket& s) noexcept;
  [[nodiscard]] std::int64_t write_everything(io::operation& op, socket& s) noexcept;
  [[nodiscard]] std::int64_t send(socket& s, const std::byte* from, std::size_t n) noexcept;
  [[nodiscard]] std::size_t cut(std::size_t n) noexcept;
  void close_stream(socket& s) noexcept;
  void close_listener(socket& s) noexcept;

  timeline* time_;
  dice* dice_;
  const simulated_network_options* options_;
  std::vector<socket*, own_memory<socket*>> listeners_;
  std::vector<socket*, own_memory<socket*>> of_the_system_;
  std::size_t sockets_ = 0;
  std::uint16_t next_port_ = 49'152;
};

}  // namespace jackdaw::simulated
