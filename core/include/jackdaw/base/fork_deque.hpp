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

#include <jackdaw/base/asymmetric_barrier.hpp>
#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/work.hpp>

namespace jackdaw::base {

/// A deque of offered work that grows: the owner pushes and takes back at the new end, any thread
/// steals at the old one.
///
/// The oldest work is *on show*, in a word of its own, from which a thief takes it by an exchange.
/// Everything newer is the *stock*: the owner's alone, so that a push and a take-back cost him no
/// fence and no locked instruction. What is stolen from the show he replaces by the oldest of the
/// stock at his next push. An owner that does not come to push, because it computes, may be raided:
/// `raid` takes from the stock, and pays for the fence that the owner has saved with a system call.
///
/// The division into a shared and a private part is that of van Dijk and van de Pol, "Lace:
/// Non-blocking Split Deque for Work-Stealing" (2014), here with one shared entry. The stock is
/// Chase and Lev's "Dynamic Circular Work-Stealing Deque" (2005) whose fence is asymmetric: the
/// owner's side stops the compiler only, the thief's is the heavy one. Old buffers live as long as
/// the deque. `take_back` is `pop` for the one work that the owner wants.
///
/// Thread safety: `push`, `pop`, `take_back` by the owner only; `steal`, `raid`, `stocked` and
/// `empty` by any thread. asymmetric_barrier::prepare must happen before the first raid.
/// Memory ordering: a push happens before the steal or raid that returns its work.
///
/// Invariants:
///  1. What is on show is older than the stock, the indices [first_, end_); `first_` never
///  decreases.
///  2. An index is taken by whoever moves `first_` past it; the owner may take index end_ - 1
///     without that while `first_` < end_ - 1, having lowered `end_` first.
///  3. A buffer holds what it held when it was replaced, so a raider may read from an old one.
///  4. Only the owner puts something on show, and only where there is nothing.
class fork_deque {
 public:
  static constexpr std::size_t initial_capacity = 64;

  /// Throws std::bad_alloc. The capacity is a power of two, and a parameter for the model checker's
  /// sake.
  explicit fork_deque(std::size_t capacity = initial_capacity) {
    assert(std::has_single_bit(capacity));
    std::unique_ptr<buffer> first = make_buffer(capacity, nullptr);
    if (first == nullptr) throw std::bad_alloc();
    use(std::move(first), 0);
  }
  fork_deque(const fork_deque&) = delete;
  fork_deque& operator=(const fork_deque&) = delete;

  enum class pushed : std::uint8_t {
    stocked,  ///< there was something on show already
    shown,    ///< something has been put on show: a thief may be wanted
    failed,   ///< the deque is full and memory is short; nothing has changed
  };

  /// Offers `w`.
  [[nodiscard]] pushed push(work& w) noexcept;

  /// The same where it takes a few instructions, as it nearly always does: something is on show and
  /// there is room. False: nothing has changed.
  [[nodiscard]] bool push_to_stock(work& w) noexcept {
    const std::int64_t e = end_.load(std::memory_order_relaxed);  // relaxed: only we write it
    // relaxed: only we fill it; that a thief has just emptied it, the next push sees.
    if (show_.load(std::memory_order_relaxed) == nullptr || e == full_at_) [[unlikely]]
      return false;
    put_at_end(e, w);
    return true;
  }

  /// Takes the newest work, null if there is none.
  work* pop() noexcept {
    const std::int64_t e = end_.load(std::memory_order_relaxed) - 1;  // relaxed: only we write it
    // relaxed: a hint that saves the barrier below; first_ never decreases, so "empty" is final.
    if (first_.load(std::memory_order_relaxed) > e) return take_show();
    work* const w = slots_[e & mask_].load(std::memory_order_relaxed);  // relaxed: only we write it
    return claim_end(e) ? w : take_show();
  }

  /// Takes the newest work if and only if it is `w`: the end of a fork that nobody stole. True: the
  /// caller has it. False: nothing has changed; somebody stole `w`, or it is not the newest.
  [[nodiscard]] bool take_back(work& w) noexcept {
    const std::int64_t e = end_.load(std::memory_order_relaxed) - 1;  // relaxed: only we write it
    // relaxed: as in pop(). It must come first: the slot of a stolen work still holds it.
    if (first_.load(std::memory_order_relaxed) > e) [[unlikely]]
      return take_back_show(w);
    if (slots_[e & mask_].load(std::memory_order_relaxed) != &w) return false;  // relaxed: ours
    return claim_end(e);
  }

  /// The same where it takes a few instructions, as it nearly always does: `w` is in the stock, and
  /// no raider is near. False: nothing has changed.
  [[nodiscard]] bool take_back_from_stock(work& w) noexcept {
    const std::int64_t e = end_.load(std::memory_order_relaxed) - 1;  // relaxed: only we write it
    // relaxed, both: as in take_back.
    if (first_.load(std::memory_order_relaxed) >= e ||
        slots_[e & mask_].load(std::memory_order_relaxed) != &w) [[unlikely]]
      return false;
    // release, and relaxed behind the barrier: as in claim_end.
    end_.store(e, std::memory_order_release);
    if (asymmetric_barrier::light_if_free() && first_.load(std::memory_order_relaxed) < e)
        [[likely]]
      return true;
    end_.store(e + 1, std::memory_order_release);  // on offer again: as in put_at_end
    return false;
  }

  /// Takes the work on show; null if there is none, or if another thread was faster.
  work* steal() noexcept {
    if (show_.load(std::memory_order_relaxed) == nullptr) return nullptr;  // saves the exchange
    // acquire: the work; partner: push_and_show's release.
    return show_.exchange(nullptr, std::memory_order_acquire);
  }

  /// Takes the oldest of the stock; null if there is none or if another thread was faster. Costs
  /// microseconds, and interrupts the owner: for those who have found the show empty for a while.
  work* raid() noexcept {
    // relaxed: the barrier keeps it in its place. It is read before that, `end_` after it: what the
    // owner does after the barrier sees this first_, and what he did before it we see in end_.
    std::int64_t f = first_.load(std::memory_order_relaxed);
    if (f >= end_.load(std::memory_order_relaxed)) return nullptr;  // a hint that saves the barrier
    asymmetric_barrier::heavy();
    // acquire: the slot, the work and the buffer; partner: put_at_end's release.
    if (f >= end_.load(std::memory_order_acquire)) return nullptr;
    // acquire: pairs with the release in make_room(). A buffer older than the one that end_ belongs
    // to does as well.
    work* const w = buffer_.load(std::memory_order_acquire)->get(f);
    // release: the slot has been read; partner: make_room's acquire, to which a chain of claims
    // passes on all of theirs. relaxed on failure: nothing was learnt.
    if (!first_.compare_exchange_strong(f, f + 1, std::memory_order_release,
                                        std::memory_order_relaxed)) {
      return nullptr;
    }
    return w;
  }

  /// Whether there seems to be something for `raid`. A hint, as `empty`.
  [[nodiscard]] bool stocked() const noexcept {
    return first_.load(std::memory_order_relaxed) < end_.load(std::memory_order_relaxed);
  }

  /// Whether there seems to be nothing. A hint, except to a thread that has synchronised with the
  /// owner.
  [[nodiscard]] bool empty() const noexcept {
    return show_.load(std::memory_order_relaxed) == nullptr && !stocked();  // relaxed: a hint
  }

 private:
  struct buffer {
    // relaxed in both: the orders of first_ and end_ decide who may use what he read; atomic
    // because a raider may read a slot that the owner writes anew, and then fails to claim it.
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
    std::unique_ptr<atomic<work*>[]> slots;  // written by the owner, read by raiders
    std::unique_ptr<buffer> replaced;  // the buffer before this one: raiders may still read it
  };

  static std::unique_ptr<buffer> make_buffer(std::size_t capacity,
                                             std::unique_ptr<buffer> replaced) noexcept;
  bool make_room(std::int64_t e) noexcept;
  void use(std::unique_ptr<buffer> b, std::int64_t first) noexcept;
  pushed push_and_show(work& w) noexcept;

  bool stock(work& w) noexcept {
    const std::int64_t e = end_.load(std::memory_order_relaxed);  // relaxed: only we write it
    if (e == full_at_ && !make_room(e)) return false;
    put_at_end(e, w);
    return true;
  }
  void put_at_end(std::int64_t e, work& w) noexcept {
    slots_[e & mask_].store(&w, std::memory_order_relaxed);  // relaxed: as buffer::get
    // release: pairs with the load of end_ in raid(); publishes the slot, the work and the buffer.
    end_.store(e + 1, std::memory_order_release);
  }

  // The owner's claim of index e, the newest one. On failure everything is as before.
  bool claim_end(std::int64_t e) noexcept {
    // The StoreLoad of the algorithm, with the barrier between. Either a raider's load of end_,
    // after his heavy barrier, sees that e is no longer on offer, or our load of first_ (relaxed)
    // sees what he saw before it; then e is not the index that he claims, or is decided below.
    // release: who reads this e may take an older work by it; partner: raid's load of end_.
    end_.store(e, std::memory_order_release);
    asymmetric_barrier::light();
    std::int64_t f = first_.load(std::memory_order_relaxed);
    if (f < e) [[likely]]
      return true;
    // The last one: whoever moves first_ has it. relaxed: it is our own push.
    const bool ours = f == e && first_.compare_exchange_strong(f, f + 1, std::memory_order_relaxed,
                                                               std::memory_order_relaxed);
    // relaxed: empty now either way, first_ == e + 1; there is nothing to publish.
    end_.store(e + 1, std::memory_order_relaxed);
    return ours;
  }

  // relaxed, all three: it is our own push, and what we take is nobody else's.
  work* take_show() noexcept {
    if (show_.load(std::memory_order_relaxed) == nullptr) return nullptr;
    return show_.exchange(nullptr, std::memory_order_relaxed);
  }
  bool take_back_show(work& w) noexcept {
    work* expected = &w;
    return show_.load(std::memory_order_relaxed) == &w &&
           show_.compare_exchange_strong(expected, nullptr, std::memory_order_relaxed,
                                         std::memory_order_relaxed);
  }

  // Filled by the owner (release), emptied by thieves (acquire) and by the owner.
  alignas(cache_line) atomic<work*> show_{nullptr};
  // Moved by whoever takes the oldest of the stock: raiders, and the owner for the show and for the
  // last one. Read by all.
  atomic<std::int64_t> first_{0};
  // Written by the owner; read by raiders, whose loads pair with put_at_end() and claim_end().
  alignas(cache_line) atomic<std::int64_t> end_{0};
  // Written by the owner in make_room(); read by raiders.
  atomic<buffer*> buffer_{nullptr};
  // The owner's: the newest buffer's slots, and the index that it has no room for, going by what
  // first_ was once.
  atomic<work*>* slots_ = nullptr;
  std::int64_t mask_ = 0;
  std::int64_t full_at_ = 0;
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

// Learns where first_ is by now, and doubles the buffer if that is not room enough.
inline bool fork_deque::make_room(std::int64_t e) noexcept {
  // acquire: pairs with a raider's claim: he has read his slot, so it may be written anew.
  const std::int64_t f = first_.load(std::memory_order_acquire);
  full_at_ = f + newest_->capacity;
  if (e != full_at_) return true;
  std::unique_ptr<buffer> doubled =
      make_buffer(static_cast<std::size_t>(newest_->capacity) * 2, nullptr);
  if (doubled == nullptr) return false;
  for (std::int64_t i = f; i != e; ++i) doubled->put(i, newest_->get(i));
  doubled->replaced = std::move(newest_);
  use(std::move(doubled), f);
  return true;
}

inline void fork_deque::use(std::unique_ptr<buffer> b, std::int64_t first) noexcept {
  newest_ = std::move(b);
  slots_ = newest_->slots.get();
  mask_ = newest_->capacity - 1;
  full_at_ = first + newest_->capacity;
  // release: pairs with the acquire in raid(); publishes the copied slots.
  buffer_.store(newest_.get(), std::memory_order_release);
}

inline fork_deque::pushed fork_deque::push(work& w) noexcept {
  // relaxed: as in push_to_stock.
  if (show_.load(std::memory_order_relaxed) == nullptr) return push_and_show(w);
  return stock(w) ? pushed::stocked : pushed::failed;
}

// Nothing is on show: the oldest work goes there, which is `w` itself if there is no stock.
inline fork_deque::pushed fork_deque::push_and_show(work& w) noexcept {
  std::int64_t f = first_.load(std::memory_order_relaxed);  // checked by the exchange
  if (f >= end_.load(std::memory_order_relaxed)) {          // relaxed: only we write it
    show_.store(&w, std::memory_order_release);             // the work; partner: steal()
    return pushed::shown;
  }
  if (!stock(w)) return pushed::failed;
  work* const oldest = slots_[f & mask_].load(std::memory_order_relaxed);  // relaxed: only we write
  // relaxed: it is our own push. If a raider is faster, the next push looks again.
  if (first_.compare_exchange_strong(f, f + 1, std::memory_order_relaxed,
                                     std::memory_order_relaxed)) {
    show_.store(oldest, std::memory_order_release);  // as above
  }
  return pushed::shown;
}

}  // namespace jackdaw::base
