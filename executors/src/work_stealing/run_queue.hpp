// SPDX-License-Identifier: MIT
// A worker's queue of tasks that are ready to run: a bounded ring,
// first in first out, stolen from by halves.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/bound.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/work.hpp>

#include "work_stealing/injector.hpp"
#include "work_stealing/work_list.hpp"

namespace jackdaw::work_stealing {

/// A bounded ring of ready work. Its owner pushes at the tail and pops at the head; a thief takes
/// half from the head. The idea of a head of two halves, which lets a thief reserve slots first and
/// copy them afterwards, is Tokio's.
///
/// The head packs two indices: `real`, the oldest work on offer, and `steal`, the oldest slot that
/// a thief is still copying from. They are equal when no thief is at work.
///
///       steal        real              tail
///         |  being    |   on offer      |   free
///     ----+-----------+-----------------+--------      indices count up, and wrap around at 2^32
///
/// Thread safety: `push`, `pop`, `room`, `overflow_half`, and the queue that `steal_into` fills:
/// the owner only. `steal_into` and the hints: any thread. Memory ordering: a push happens before
/// the pop or steal that returns its work. After a push, after a steal that took more than one, and
/// after overflow_half, call sleepers::worker_to_wake.
///
/// Invariants:
///  1. steal <= real <= tail <= steal + Capacity (modulo 2^32).
///  2. Slots [steal, tail) are not written. So a slot needs no atomic: who has moved `real` past it
///     reads it alone, and the owner writes it again only after `steal` has passed it too.
///  3. At most one thief is between its two exchanges of the head; other thieves go elsewhere, the
///     owner does not wait.
template <std::uint32_t Capacity>
class basic_run_queue {
  static_assert(std::has_single_bit(Capacity) && Capacity >= 2);

 public:
  static constexpr std::uint32_t capacity = Capacity;

  /// Appends `w`. False if there is no room; then call overflow_half.
  [[nodiscard]] bool push(work& w) noexcept {
    if (room() == 0) return false;
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);  // relaxed: only we write it
    slot(tail) = &w;
    tail_.store(tail + 1, std::memory_order_release);  // release: pairs with steal_into()
    return true;
  }

  /// Takes the oldest work, null if there is none.
  work* pop() noexcept;

  /// Called when push has failed for `w`: moves the older half to the injector, and `w` behind it.
  /// While a thief is taking a half anyway, only `w`.
  void overflow_half(injector& to, work& w) noexcept;

  /// Takes half, rounded up, of what is here: returns the oldest, puts the others into `mine`, the
  /// caller's own queue. Takes fewer if `mine` has no room for them. Null if there is nothing, or
  /// if another thief is at it.
  work* steal_into(basic_run_queue& mine) noexcept;

  /// How many more can be pushed for sure.
  [[nodiscard]] std::size_t room() const noexcept {
    // acquire: pairs with the release at the end of steal_into(): the thief has read the slots that
    // we will write.
    const head h = unpack(head_.load(std::memory_order_acquire));
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);  // relaxed: only we write it
    return Capacity - (tail - h.steal);
  }

  /// How many are on offer: exact to the owner if no thief is about, and to a thread that has
  /// synchronised with the owner, as a worker has after the barrier in sleepers::announce_sleep; a
  /// hint to others.
  [[nodiscard]] std::size_t size_hint() const noexcept {
    // relaxed, both: a hint. Two loads can be of two times, and then the difference may be out of
    // range; that there is something is the safe answer.
    const std::uint32_t real = unpack(head_.load(std::memory_order_relaxed)).real;
    const std::uint32_t size = tail_.load(std::memory_order_relaxed) - real;
    return size <= Capacity ? size : 1;
  }

  [[nodiscard]] bool empty_hint() const noexcept { return size_hint() == 0; }

 private:
  struct head {
    std::uint32_t steal;
    std::uint32_t real;
  };

  static constexpr head unpack(std::uint64_t packed) noexcept {
    return {static_cast<std::uint32_t>(packed >> 32), static_cast<std::uint32_t>(packed)};
  }
  static constexpr std::uint64_t pack(head h) noexcept {
    return std::uint64_t{h.steal} << 32 | h.real;
  }

  base::plain<work*>& slot(std::uint32_t index) noexcept { return slots_[index % Capacity]; }
  bool reserve_half(std::uint32_t room_at_thief, std::uint32_t& first,
                    std::uint32_t& count) noexcept;
  void finish_steal() noexcept;

  // Written by the owner (pop, overflow_half) and by thieves (steal_into), read by all. 32 bits do
  // not come round while a thief is between its load and its exchange: 2^32 pops are a minute of
  // nothing but pops.
  alignas(base::cache_line) base::atomic<std::uint64_t> head_{0};
  // Written by the owner; read by thieves, whose acquire pairs with the owner's release.
  alignas(base::cache_line) base::atomic<std::uint32_t> tail_{0};
  std::array<base::plain<work*>, Capacity> slots_{};
};

template <std::uint32_t Capacity>
work* basic_run_queue<Capacity>::pop() noexcept {
  const std::uint32_t tail = tail_.load(std::memory_order_relaxed);  // relaxed: only we write it
  std::uint64_t seen = head_.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  for (;;) {
    const head h = unpack(seen);
    if (h.real == tail) return nullptr;
    const bool thief_at_work = h.steal != h.real;
    const std::uint32_t next = h.real + 1;
    // release: pairs with the acquire of the head in steal_into(): who sees this head sees a tail
    // that is not behind it. relaxed on failure: we only try again.
    if (head_.compare_exchange_weak(seen, pack({thief_at_work ? h.steal : next, next}),
                                    std::memory_order_release, std::memory_order_relaxed)) {
      return slot(h.real);
    }
  }
}

template <std::uint32_t Capacity>
void basic_run_queue<Capacity>::overflow_half(injector& to, work& w) noexcept {
  static_assert(Capacity / 2 < bundle::capacity);
  bundle* const bundled = bundle::make();
  work_list out;  // without memory for a bundle
  const auto put = [&](work& one) { bundled != nullptr ? bundled->push(one) : out.push(one); };
  // relaxed: the exchange decides.
  std::uint64_t seen = head_.load(std::memory_order_relaxed);
  const head h = unpack(seen);
  const std::uint32_t size = tail_.load(std::memory_order_relaxed) - h.real;  // relaxed: ours
  const std::uint32_t half = size / 2;
  const std::uint32_t next = h.real + half;
  // release: as in pop(). If it fails, a thief has just made room.
  if (h.steal == h.real &&
      head_.compare_exchange_strong(seen, pack({next, next}), std::memory_order_release,
                                    std::memory_order_relaxed)) {
    for (std::uint32_t i = 0; i != half; ++i) put(*slot(h.real + i));
  }
  put(w);
  if (bundled != nullptr) return to.push_bundle(*bundled);
  to.push_all(out);
}

template <std::uint32_t Capacity>
work* basic_run_queue<Capacity>::steal_into(basic_run_queue& mine) noexcept {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  const auto room_at_thief = static_cast<std::uint32_t>(mine.room());
  if (!reserve_half(room_at_thief, first, count)) return nullptr;
  work* const oldest = slot(first);
  const std::uint32_t tail =
      mine.tail_.load(std::memory_order_relaxed);  // relaxed: only we write it
  for (std::uint32_t i = 1; i != count; ++i) mine.slot(tail + i - 1) = slot(first + i);
  finish_steal();
  // release: pairs with the acquire of the tail by those who steal from us.
  if (count > 1) mine.tail_.store(tail + count - 1, std::memory_order_release);
  return oldest;
}

// The thief's first exchange: moves `real` over half of the work, leaving `steal` as the sign that
// it is at work.
template <std::uint32_t Capacity>
bool basic_run_queue<Capacity>::reserve_half(std::uint32_t room_at_thief, std::uint32_t& first,
                                             std::uint32_t& count) noexcept {
  // acquire: pairs with the releases of the head in pop(), overflow_half(), here: the tail that we
  // load next is not behind this head.
  std::uint64_t seen = head_.load(std::memory_order_acquire);
  for (;;) {
    const head h = unpack(seen);
    if (h.steal != h.real) return false;
    // acquire: pairs with the release in push(); publishes the slots.
    const std::uint32_t size = tail_.load(std::memory_order_acquire) - h.real;
    if (size == 0) return false;
    first = h.real;
    count = std::min(size - size / 2, room_at_thief + 1);
    // acq_rel: release as in pop(), and acquire against the thief before us; acquire on failure: as
    // above.
    if (head_.compare_exchange_weak(seen, pack({h.steal, h.real + count}),
                                    std::memory_order_acq_rel, std::memory_order_acquire)) {
      return true;
    }
  }
}

// The thief's second exchange: gives the slots back to the owner, who may have popped meanwhile.
template <std::uint32_t Capacity>
void basic_run_queue<Capacity>::finish_steal() noexcept {
  std::uint64_t seen = head_.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  for (;;) {
    const std::uint32_t real = unpack(seen).real;
    // release: pairs with the acquire in room(): we have read the slots. relaxed on failure: we
    // only try again.
    if (head_.compare_exchange_weak(seen, pack({real, real}), std::memory_order_release,
                                    std::memory_order_relaxed)) {
      return;
    }
  }
}

using run_queue = basic_run_queue<base::bound(256, 4)>;
extern template class basic_run_queue<run_queue::capacity>;

}  // namespace jackdaw::work_stealing
