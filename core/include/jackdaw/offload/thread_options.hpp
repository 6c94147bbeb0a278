// SPDX-License-Identifier: MIT
// How a function is sent to a thread.
#pragma once

#include <cstdint>

#include <jackdaw/blocking.hpp>
#include <jackdaw/sync/capacity_limiter.hpp>

namespace jackdaw {

/// What a cancelled task does about its function that is running already. One that has not begun is
/// taken back in either case.
enum class on_cancel : std::uint8_t {
  wait,     ///< waits for it and returns its result; the next checkpoint throws
  abandon,  ///< goes on at once, as cancelled; the function ends alone and its result is destroyed
};

/// A blocking pool, or the runtime's own.
class thread_pool_choice {
 public:
  thread_pool_choice() noexcept = default;  ///< the runtime's
  thread_pool_choice(blocking_service& pool) noexcept : pool_(&pool) {}

  /// Null: the runtime's.
  [[nodiscard]] blocking_service* get() const noexcept { return pool_; }

 private:
  blocking_service* pool_ = nullptr;
};

struct thread_options {
  thread_pool_choice pool{};  ///< must outlive the function
  capacity_limiter* limiter =
      nullptr;  ///< a token of it is borrowed while the function runs; null: unlimited
  jackdaw::on_cancel on_cancel = jackdaw::on_cancel::wait;
};

}  // namespace jackdaw
