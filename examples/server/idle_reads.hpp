// SPDX-License-Identifier: MIT
// The reads of connections that are between two requests, to be ended all at once.
#pragma once

#include <jackdaw/jackdaw.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>

namespace server {

/// On a graceful stop a kept connection that waits for its next request must not keep the server.
/// Its read is ended through its own deadline: a read that took bytes all the same returns them
/// (an operation that is cancelled has done nothing), so no request that arrived is lost.
///
/// Thread safety: all.
class idle_reads {
 public:
  /// Lists a read for as long as it lives.
  class entry {
   public:
    entry(idle_reads& all, jackdaw::timeout_scope& deadline);
    ~entry();
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

   private:
    friend idle_reads;
    idle_reads& all_;
    jackdaw::timeout_scope& deadline_;
    entry* next_ = nullptr;       // guarded by the stripe's mutex
    entry** previous_ = nullptr;  // guarded by the stripe's mutex
  };

  /// Ends every listed read, and from now on every new one at once. Done once.
  void stop();

  [[nodiscard]] bool stopped() const { return stopped_.load(std::memory_order_acquire); }

 private:
  // Entries come and go with every request, so the list is cut in stripes, by the entry's address.
  struct alignas(64) stripe {
    std::mutex mutex;
    entry* first = nullptr;
  };

  stripe& stripe_of(const entry* one);

  std::array<stripe, 16> stripes_;
  // Written by stop() before it takes the mutexes; entries read it under theirs, so an entry is
  // either seen by stop() or sees the flag.
  std::atomic<bool> stopped_{false};
};

}  // namespace server
