// SPDX-License-Identifier: MIT
// The deque of forks: its owner works at one end like on a stack, thieves take from the other.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/work.hpp>

namespace jackdaw::base {

/// A deque of offered work that grows: the owner pushes and takes back at the bottom, any thread
/// steals at the top.
///
/// Chase and Lev, "Dynamic Circular Work-Stealing Deque" (2005), in the C11 form of Lê, Pop, Cohen
/// and Zappa Nardelli, "Correct and Efficient Work-Stealing for Weak Memory Models" (2013).
/// Deviations: the fences are sequentially consistent accesses to `top_` and `bottom_` (thread
/// sanitizers do not see fences); the thief's consume is an acquire; the owner keeps a lower bound
/// of `top_` so that a push reads no line that thieves write; old buffers live as long as the
/// deque; `take_back`, which is `pop` for the one work that the owner wants.
///
/// Thread safety: `push`, `pop`, `take_back` by the owner only; `steal` and `empty` by any thread.
/// Memory ordering: a push happens before the steal that returns its work.
///
/// Invariants:
///  1. The indices [top_, bottom_) hold the work on offer; `top_` never decreases.
///  2. An index is taken by whoever moves `top_` past it; the owner may take index bottom_ - 1
///     without that while `top_` < bottom_ - 1, having lowered `bottom_` first.
///  3. A buffer holds what it held when it was replaced, so a thief may read from an old one.
class fork_deque {
 public:
  static constexpr std::size_t initial_capacity = 64;

  /// Throws std::bad_alloc. The capacity is a power of two, and a parameter for the model checker's
  /// sake.
  explicit fork_deque(std::size_t capacity = initial_capacity)
      : newest_(make_buffer(capacity, nullptr)) {
    assert(std::has_single_bit(capacity));
    if (newest_ == nullptr) throw std::bad_alloc();
    buffer_.store(newest_.get(), std::memory_order_relaxed);  // relaxed: nobody else knows us yet
  }
  fork_deque(const fork_deque&) = delete;
  fork_deque& operator=(const fork_deque&) = delete;

  /// Offers `w`. False if the deque is full and memory is short; then nothing has changed.
  [[nodiscard]] bool push(work& w) noexcept {
    const std::int64_t b = bottom_.load(std::memory_order_relaxed);  // relaxed: only we write it
    buffer* into = buffer_.load(std::memory_order_relaxed);          // relaxed: only we write it
    if (b - known_top_ >= into->capacity) [[unlikely]] {
      into = make_room(b, *into);
      if (into == nullptr) return false;
    }
    into->put(b, &w);
    // release: pairs with the load of bottom_ in steal(); publishes the slot, the work and the
    // buffer.
    bottom_.store(b + 1, std::memory_order_release);
    return true;
  }

  /// Takes the newest work, null if there is none.
  work* pop() noexcept {
    const std::int64_t b =
        bottom_.load(std::memory_order_relaxed) - 1;  // relaxed: only we write it
    // relaxed: a hint that saves the barrier below; top_ never decreases, so "empty" is final.
    if (top_.load(std::memory_order_relaxed) > b) return nullptr;
    work* const w = buffer_.load(std::memory_order_relaxed)->get(b);  // relaxed: only we write it
    return claim_bottom(b) ? w : nullptr;
  }

  /// Takes the newest work if and only if it is `w`: the end of a fork that nobody stole. True: the
  /// caller has it. False: nothing has changed; somebody stole `w`, or it is not the newest.
  [[nodiscard]] bool take_back(work& w) noexcept {
    const std::int64_t b =
        bottom_.load(std::memory_order_relaxed) - 1;  // relaxed: only we write it
    // relaxed: as in pop(). It must come first: the slot of a stolen work still holds it.
    if (top_.load(std::memory_order_relaxed) > b) return false;
    if (buffer_.load(std::memory_order_relaxed)->get(b) != &w) return false;  // relaxed: ours
    return claim_bottom(b);
  }

  /// Takes the oldest work; null if there is none or if another thread was faster.
  work* steal() noexcept {
    // seq_cst: ordered before the load of bottom_ (a LoadLoad); pairs with the store of bottom_ and
    // the load of top_ in claim_bottom(): if we see the old bottom_, then the owner sees every top_
    // that we could have started from.
    std::int64_t t = top_.load(std::memory_order_seq_cst);
    // seq_cst: the same pair; as an acquire it pairs with the release in push().
    const std::int64_t b = bottom_.load(std::memory_order_seq_cst);
    if (t >= b) return nullptr;
    // acquire: pairs with the release in make_room(). A buffer older than the one that b belongs to
    // does as well.
    work* const w = buffer_.load(std::memory_order_acquire)->get(t);
    // seq_cst: the StoreLoad against claim_bottom(); relaxed on failure: nothing was learnt.
    if (!top_.compare_exchange_strong(t, t + 1, std::memory_order_seq_cst,
                                      std::memory_order_relaxed)) {
      return nullptr;
    }
    return w;
  }

  /// Whether there seems to be nothing. A hint, except to a thread that has synchronised with the
  /// owner.
  [[nodiscard]] bool empty() const noexcept {
    // relaxed: a hint. bottom_ first would do as well.
    return top_.load(std::memory_order_relaxed) >= bottom_.load(std::memory_order_relaxed);
  }

 private:
  struct buffer {
    // relaxed in both: the orders of top_ and bottom_ decide who may use what he read; atomic
    // because a thief may read a slot that the owner writes anew, and then fails to claim it.
    [[nodiscard]] work* get(std::int64_t index) const noexcept {
      return slots[slot_of(index)].load(std::memory_order_relaxed);
    }
    void put(std::int64_t index, work* w) noexcept {
      slots[slot_of(index)].store(w, std::memory_order_relaxed);
    }
    [[nodiscard]] std::size_t slot_of(std::int64_t index) const noexcept {
      return static_cast<std::size_t>(index & (capacity - 1));
    }

    std::int64_t capacity;
    std::unique_ptr<atomic<work*>[]> slots;  // written by the owner, read by thieves
    std::unique_ptr<buffer> replaced;  // the buffer before this one: thieves may still read it
  };

  static std::unique_ptr<buffer> make_buffer(std::size_t capacity,
                                             std::unique_ptr<buffer> replaced) noexcept;
  buffer* make_room(std::int64_t b, buffer& full) noexcept;

  // The owner's claim of index b, the bottom one. On failure everything is as before.
  bool claim_bottom(std::int64_t b) noexcept {
    // seq_cst, both: the StoreLoad of the algorithm. Either a thief's load of bottom_ sees that b
    // is no longer on offer, or our load of top_ sees that thief's claims. Pairs with the loads and
    // the exchange in steal().
    bottom_.store(b, std::memory_order_seq_cst);
    std::int64_t t = top_.load(std::memory_order_seq_cst);
    if (t < b) [[likely]]
      return true;
    // The last one: whoever moves top_ has it. seq_cst: pairs with the exchange in steal().
    const bool ours = t == b && top_.compare_exchange_strong(t, t + 1, std::memory_order_seq_cst,
                                                             std::memory_order_relaxed);
    // relaxed: empty now either way, top_ == b + 1; there is nothing to publish.
    bottom_.store(b + 1, std::memory_order_relaxed);
    return ours;
  }

  // Written by whoever takes from the top: thieves, and the owner for the last one. Read by all.
  alignas(cache_line) atomic<std::int64_t> top_{0};
  // Written by the owner; read by thieves, whose loads in steal() pair with push() and
  // claim_bottom().
  alignas(cache_line) atomic<std::int64_t> bottom_{0};
  // Written by the owner in make_room(); read by thieves in steal().
  atomic<buffer*> buffer_{nullptr};
  std::int64_t known_top_ = 0;  // the owner's: top_ as it was once, so a lower bound
  std::unique_ptr<buffer> newest_;
};

inline std::unique_ptr<fork_deque::buffer> fork_deque::make_buffer(
    std::size_t capacity, std::unique_ptr<buffer> replaced) noexcept {
  std::unique_ptr<atomic<work*>[]> slots(new (std::nothrow) atomic<work*>[capacity]);
  if (slots == nullptr) return nullptr;
  std::unique_ptr<buffer> made(new (std::nothrow) buffer{});
  if (made == nullptr) return nullptr;
  made->capacity = static_cast<std::int64_t>(capacity);
  made->slots = std::move(slots);
  made->replaced = std::move(replaced);
  return made;
}

// Learns where top_ is by now, and doubles the buffer if that is not room enough.
inline fork_deque::buffer* fork_deque::make_room(std::int64_t b, buffer& full) noexcept {
  // acquire: pairs with the exchange of a thief in steal(): he has read his slot, so it may be
  // written anew.
  known_top_ = top_.load(std::memory_order_acquire);
  if (b - known_top_ < full.capacity) return &full;
  std::unique_ptr<buffer> doubled =
      make_buffer(static_cast<std::size_t>(full.capacity) * 2, nullptr);
  if (doubled == nullptr) return nullptr;
  for (std::int64_t i = known_top_; i != b; ++i) doubled->put(i, full.get(i));
  doubled->replaced = std::move(newest_);
  newest_ = std::move(doubled);
  // release: pairs with the acquire in steal(); publishes the copied slots.
  buffer_.store(newest_.get(), std::memory_order_release);
  return newest_.get();
}

}  // namespace jackdaw::base
