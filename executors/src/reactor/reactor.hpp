// SPDX-License-Identifier: MIT
// The io engine on epoll.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/io/engine.hpp>

#include "reactor/owned_fd.hpp"
#include "reactor/slot_table.hpp"
#include "reactor/wake_flag.hpp"
#include "work_stealing/poller.hpp"

namespace jackdaw::reactor {

/// Readiness from one epoll, edge-triggered, each descriptor registered once for both directions.
/// System calls are made by the tasks, on whatever worker they run; the reactor itself only finds
/// out who can go on, and submits them. Protocol: README.md.
///
/// Thread safety: everything from any thread, but one thread at a time in `wait` and `dispatch`.
class reactor final : public io::engine, public work_stealing::poller {
 public:
  /// Throws std::system_error if a descriptor cannot be had.
  reactor();

  void wait(std::int64_t deadline) noexcept override;
  std::size_t dispatch() noexcept override;
  void wake() noexcept override;

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

  /// Descriptors that are registered; for tests and metrics.
  [[nodiscard]] std::size_t descriptors() const noexcept { return slots_.in_use(); }

 private:
  static constexpr std::uint64_t wake_key = UINT64_MAX;  // no slot has it: the table ends far below
  static constexpr std::size_t events_at_once = 256;

  [[nodiscard]] io::registration& adopt(owned_fd fd);
  [[nodiscard]] int watch(slot& s) noexcept;
  [[nodiscard]] bool attempt(io::operation& op, slot& s) noexcept;
  [[nodiscard]] std::int64_t perform(io::operation& op, slot& s, bool& drained) noexcept;
  [[nodiscard]] std::int64_t watched(std::int64_t result, slot& s) noexcept;
  [[nodiscard]] std::int64_t accept(io::operation& op, slot& s) noexcept;
  [[nodiscard]] int wait_for_events(std::int64_t deadline) noexcept;
  [[nodiscard]] std::size_t handle(std::uint64_t key, std::uint32_t events) noexcept;
  void leave(slot& s, std::uint32_t users) noexcept;
  void let_go(slot& s) noexcept;

  const owned_fd epoll_;
  const owned_fd wake_;
  owned_fd spare_;  // given up for a moment when there are no others; guarded by spare_lock_
  base::small_mutex spare_lock_;
  slot_table slots_;
  std::array<epoll_event, events_at_once> events_;  // what the last wait found
  int event_count_ = 0;
  wake_flag woken_;  // set by wake(), cleared by dispatch(): a second wake does not write again
};

}  // namespace jackdaw::reactor
