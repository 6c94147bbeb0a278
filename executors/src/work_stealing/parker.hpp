// SPDX-License-Identifier: MIT
// Where one worker sleeps, and how others wake it.
#pragma once

#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/cache_line.hpp>

namespace jackdaw::work_stealing {

/// A binary token for one sleeping thread: `unpark` leaves it, `park` waits for it and takes it.
///
///     empty    --park-->    parked      the thread sleeps
///     empty    --unpark-->  notified    the next park returns at once
///     parked   --unpark-->  notified    and the thread is woken, takes the token: --> empty
///     notified --park-->    empty       returns at once
///     notified --unpark-->  notified    tokens do not add up
///     parked   --timeout--> empty
///
/// So an unpark is never lost. Memory ordering: an unpark happens before the return of the park
/// that takes its token. Thread safety: `park` and `park_until` by one thread, the owner; `unpark`
/// by any.
class alignas(base::cache_line) parker {
 public:
  /// Sleeps until there is a token, and takes it. Never returns without one.
  void park() noexcept;

  /// The same, but not beyond `deadline`: nanoseconds on CLOCK_MONOTONIC. Returns whether there was
  /// a token.
  bool park_until(std::int64_t deadline) noexcept;

  /// Takes the token if there is one; never sleeps.
  bool take_token() noexcept;

  /// Leaves the token, and wakes the owner if it sleeps. All that the caller touches after that is
  /// the kernel's queue of sleepers, by address.
  void unpark() noexcept;

 private:
  static constexpr std::uint32_t empty = 0;
  static constexpr std::uint32_t notified = 1;
  static constexpr std::uint32_t parked = 2;

  [[nodiscard]] bool take_token_or_become_parked() noexcept;

  // Written by the owner (empty, parked) and by whoever unparks (notified). The owner's acquires
  // pair with the release in unpark().
  base::atomic<std::uint32_t> state_{empty};
};

}  // namespace jackdaw::work_stealing
