// SPDX-License-Identifier: MIT
// A hierarchical timer wheel: add and remove in O(1), whatever the number of timers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/bound.hpp>
#include <jackdaw/base/intrusive_list.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/time/timer.hpp>

namespace jackdaw::timer {

/// A hierarchical timer wheel, after Varghese and Lauck, "Hashed and Hierarchical Timing Wheels"
/// (1987), scheme 7. Deviations are listed in README.md. One for each worker.
///
/// Time is counted in ticks of 2^17 ns (131 us). Eight levels of 64 slots cover every deadline that
/// 63 bits can hold.
///
/// Thread safety: everything may be called from any thread, `expire` also from several at once.
/// What a caller owes for one and the same node is said at timer_service.
///
/// Invariants (under `mutex_`):
///  1. `elapsed_` never decreases, and is never beyond the latest time given to `expire`.
///  2. A node in a slot of level L has a tick > `elapsed_` that agrees with `elapsed_` in all
///     digits (base 64) above L and differs in digit L, which is the number of its slot. So every
///     node of a lower level is due before every node of a higher one, and a level never wraps
///     around.
///  3. Bit S of `occupied_[L]` is set if and only if slot S of level L holds a node, and bit L of
///     `levels_` if and only if `occupied_[L]` is not 0.
///  4. A node is removable if and only if it is in a slot or in `pending_`.
class timer_wheel {
 public:
  static constexpr int tick_bits = 17;  ///< a tick is 2^17 nanoseconds
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  /// A wheel whose time begins at `now` (nanoseconds).
  explicit timer_wheel(std::int64_t now) noexcept;
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;
  ~timer_wheel();

  /// Starts a timer. True if `next_expiry` came nearer by it: then whoever sleeps until the old one
  /// must be woken.
  [[nodiscard("a worker that sleeps until the old expiry must be woken")]] bool add(
      timer_node& node) noexcept;

  /// Stops a timer that was added to this wheel; what the result means is said at
  /// timer_service::remove.
  [[nodiscard]] bool remove(timer_node& node) noexcept;

  /// The wheel that `node` was last added to.
  [[nodiscard]] static timer_wheel& of(timer_node& node) noexcept {
    return *static_cast<timer_wheel*>(node.queue);
  }

  /// When to call `expire` next, in nanoseconds; `never` if there is no timer. May be too early, is
  /// never too late. A hint, taken without the lock: it can be outdated by an `add` that runs at
  /// the same time, whose caller is told.
  [[nodiscard]] std::int64_t next_expiry() const noexcept {
    return next_expiry_.load(std::memory_order_relaxed);  // relaxed: a hint; see the field
  }

  /// Fires what is due at `now` (nanoseconds), at most `budget` timers, and returns how many fired.
  /// `expire` of each is called without the lock, in order of the ticks (within a tick in no
  /// order). If the budget ran out, `next_expiry` is not later than `now`.
  std::size_t expire(std::int64_t now, std::size_t budget) noexcept;

 private:
  using list = base::intrusive_list<timer_node>;
  using tick = std::uint64_t;

  static constexpr int digit_bits = 6;
  static constexpr std::size_t slots_per_level = std::size_t{1} << digit_bits;
  static constexpr std::size_t level_count = 8;
  static constexpr std::size_t nodes_per_lock_max = base::bound(64, 1);

  static tick tick_of_deadline(std::int64_t deadline) noexcept;
  [[nodiscard]] bool collect_due(tick target, std::size_t room, list& due) noexcept;
  [[nodiscard]] bool advance(tick target) noexcept;
  [[nodiscard]] tick next_slot_start() const noexcept;
  void place(timer_node& node, tick when) noexcept;
  void mark_if_empty(std::size_t place) noexcept;
  void publish_next_expiry() noexcept;

  // Written under the mutex; read by anyone at any time. It carries no data, hence relaxed: who
  // acts on it locks first, and who sleeps on an outdated value is woken by the caller of add.
  base::atomic<std::int64_t> next_expiry_{never};
  base::small_mutex mutex_;
  tick elapsed_;
  std::uint32_t levels_ = 0;
  std::array<std::uint64_t, level_count> occupied_{};
  list pending_;  // taken out of a slot or added too late: to be fired, or placed again at a lower
                  // level
  std::array<list, level_count * slots_per_level> slots_;
};

}  // namespace jackdaw::timer
