// SPDX-License-Identifier: MIT
// How many of something may be under way at once; what comes beyond is refused, not queued.
#pragma once

#include <atomic>
#include <optional>
#include <utility>

namespace server {

/// Refusing early keeps an overloaded server answering: a queue without a bound would make every
/// request late. Thread safety: all.
class admission {
 public:
  explicit admission(unsigned most) : most_(most) {}

  /// A place, given back when it is destroyed.
  class ticket {
   public:
    explicit ticket(admission& from) : from_(&from) {}
    ticket(ticket&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
    ticket& operator=(ticket&&) = delete;
    ~ticket() {
      if (from_ != nullptr) from_->inside_.fetch_sub(1, std::memory_order_relaxed);
    }

   private:
    admission* from_;
  };

  [[nodiscard]] std::optional<ticket> try_enter() {
    // Relaxed: the count guards no data, and read-modify-writes of one object are ordered anyway.
    if (inside_.fetch_add(1, std::memory_order_relaxed) < most_) return ticket(*this);
    inside_.fetch_sub(1, std::memory_order_relaxed);
    return std::nullopt;
  }

  [[nodiscard]] unsigned inside() const { return inside_.load(std::memory_order_relaxed); }

 private:
  std::atomic<unsigned> inside_{0};  // raised and lowered by tickets on any thread
  unsigned most_;
};

}  // namespace server
