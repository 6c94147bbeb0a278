// SPDX-License-Identifier: MIT
// A counter that many threads raise without sharing a cache line.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace server {

/// Each thread raises a stripe of its own (threads beyond 16 share); reading adds them up.
/// Thread safety: all. A reader sees every increment that happened before it, in no order.
class striped_counter {
 public:
  // Relaxed throughout: a statistic, which publishes nothing.
  void add(std::uint64_t amount) {
    stripes_[own_stripe()].value.fetch_add(amount, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t read() const {
    std::uint64_t sum = 0;
    for (const stripe& one : stripes_) sum += one.value.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  struct alignas(64) stripe {
    std::atomic<std::uint64_t> value{0};  // written by its threads, read by /metrics
  };

  static std::size_t own_stripe() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % 16;
    return mine;
  }

  std::array<stripe, 16> stripes_;
};

}  // namespace server
