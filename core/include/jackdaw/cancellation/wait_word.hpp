// SPDX-License-Identifier: MIT
// The word that decides between park, grant and cancel: one per task that may park on its own.
//
// Encoding: 0 (not parked), or the address of the waiter (16-aligned) with the bits below.
// Transitions, proof and the counter-examples that shaped them: core/src/cancellation/README.md.
// Checked by tests/models/park.pml (Spin, exhaustive, sequentially consistent) and
// tests/interleavings (Relacy, memory orders).
//
// Thread safety: every member may be called from any thread, in the roles that the comments name.
// Invariants
//  1. Only the task itself moves the word from 0 to a waiter; a task is parked while the word holds
//  its waiter.
//  2. Who moves the word to 0 owns the right to schedule the task, and nobody else touches the
//  task's frame afterwards.
//  3. A granter never loses: if it cannot schedule the task, whoever holds CLAIM will, or LEFT
//  tells the granter to.
#pragma once

#include <cstdint>

#include <jackdaw/base/atomic.hpp>

namespace jackdaw {

class waiter;

class wait_word {
 public:
  enum class park_result { suspended, claimed };
  enum class publish_result { suspended, fired, claimed };
  enum class resolution { left, schedule, again };

  /// The task itself, with its waiter in the primitive and the primitive's lock held, so that no
  /// granter can come before the lock is released. `epoch_unchanged` is asked after the word was
  /// published. suspended: touch nothing once the lock is released. claimed: the caller is now its
  /// own canceller.
  template <class EpochUnchanged>
  [[nodiscard]] park_result park(waiter& w, EpochUnchanged epoch_unchanged) noexcept {
    const std::uintptr_t node = address(w);
    // seq_cst: StoreLoad against the epoch. Partner: scope::cancel bumps the epoch, then claim()
    // loads this word. release: the waiter's fields, for claim() and grant().
    word_.exchange(node, std::memory_order_seq_cst);
    if (epoch_unchanged()) return park_result::suspended;
    std::uintptr_t expected = node;
    // relaxed: we hold our own waiter, and what made the epoch differ was acquired with it. As a
    // read-modify-write it passes on what the exchange above has released.
    if (word_.compare_exchange_strong(expected, node | claim_bit, std::memory_order_relaxed,
                                      std::memory_order_relaxed)) {
      return park_result::claimed;
    }
    return park_result::suspended;  // a canceller has claimed the task, or given it back; the lock
                                    // keeps the granter out
  }

  /// The task itself, before it hands its waiter to an operation that no lock guards (a timer, an
  /// I/O slot): it claims itself, so that whoever grants or cancels meanwhile leaves a bit and
  /// goes.
  void hold(waiter& w) noexcept {
    // seq_cst: StoreLoad against the epoch, as in park().
    word_.exchange(address(w) | claim_bit, std::memory_order_seq_cst);
  }
  /// The operation was done at once: nobody has the waiter.
  void release_hold() noexcept {
    word_.store(0, std::memory_order_relaxed);  // a canceller's AGAIN is moot: the request is level
  }
  /// After the hand-over. suspended: touch nothing any more. fired: the grant came first, not
  /// suspended. claimed: something came meanwhile; the caller holds the claim and resolves it.
  template <class EpochUnchanged>
  [[nodiscard]] publish_result publish(waiter& w, EpochUnchanged epoch_unchanged) noexcept {
    if (!epoch_unchanged()) return publish_result::claimed;
    std::uintptr_t expected = address(w) | claim_bit;
    // release: the task's fields, for whoever grants or claims next. acquire: the value that came
    // with FIRED.
    if (word_.compare_exchange_strong(expected, address(w), std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
      return publish_result::suspended;
    }
    if ((expected & fired) == 0) return publish_result::claimed;  // AGAIN
    word_.store(0, std::memory_order_relaxed);  // ours alone: the granter has left, cancellers skip
                                                // a FIRED word
    return publish_result::fired;
  }

  /// The granter, once, after it has taken the waiter out of the primitive. True: schedule the task
  /// with the value.
  [[nodiscard]] bool grant() noexcept {
    std::uintptr_t old = word_.load(std::memory_order_relaxed);  // decided by the exchange below
    for (;;) {
      const bool ours = (old & claim_bit) != 0 ? (old & left_bit) != 0 : old != 0;
      const std::uintptr_t next = ours ? 0 : old | fired;
      // acquire: partner of park()'s exchange, for the task's fields. release: the value written by
      // the granter; partners are publish() and the resolve functions.
      if (word_.compare_exchange_weak(old, next, std::memory_order_acq_rel,
                                      std::memory_order_relaxed))
        return ours;
    }
  }

  /// A canceller. Null: there is nothing to do. Otherwise the caller holds the task in place until
  /// a resolve function.
  [[nodiscard]] waiter* claim() noexcept {
    // seq_cst: StoreLoad after the epoch's bump; partner is park()'s exchange followed by its look
    // at the epoch.
    std::uintptr_t old = word_.load(std::memory_order_seq_cst);
    for (;;) {
      if ((old & ~bits) == 0 || (old & (fired | left_bit)) != 0) return nullptr;
      const bool held = (old & claim_bit) != 0;
      if (held && (old & again_bit) != 0) return nullptr;
      const std::uintptr_t next = held ? old | again_bit : old | claim_bit;
      // acquire: park()'s exchange published the waiter. Not release: the request that AGAIN stands
      // for comes before the load above, and that before the clearing of AGAIN, in the one order of
      // all seq_cst operations. relaxed on failure: it reads nothing older than that load did.
      if (word_.compare_exchange_weak(old, next, std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
        return held ? nullptr : pointer(old);
      }
    }
  }

  /// The claim's holder, for whose scope no request is effective. `again`: evaluate anew.
  [[nodiscard]] resolution resolve_ineffective() noexcept {
    std::uintptr_t old = word_.load(std::memory_order_relaxed);  // decided by the exchange below
    for (;;) {
      const bool granted = (old & fired) != 0;
      const bool again = !granted && (old & again_bit) != 0;
      const std::uintptr_t next = granted ? 0 : again ? old & ~again_bit : old & ~claim_bit;
      // acquire: partner of grant()'s FIRED and of claim()'s AGAIN. release: hands the task back.
      // seq_cst: clearing AGAIN, then the next look at the scopes; partner is claim()'s load, which
      // may see AGAIN after its bump of the epoch, and leave.
      if (word_.compare_exchange_weak(old, next, std::memory_order_seq_cst,
                                      std::memory_order_relaxed)) {
        return granted ? resolution::schedule : again ? resolution::again : resolution::left;
      }
    }
  }

  /// The claim's holder, after it has taken the waiter out of the primitive: it schedules the task
  /// as cancelled.
  void resolve_unlinked() noexcept {
    // relaxed: nobody else can change a claimed word whose waiter is unlinked but to set AGAIN,
    // which is now moot; the submission that follows carries the ordering to the task.
    word_.store(0, std::memory_order_relaxed);
  }

  /// The claim's holder, for whom the waiter was out of the primitive already: a granter is on its
  /// way. schedule: it has been, the caller schedules with the value. left: the granter will.
  [[nodiscard]] resolution resolve_overtaken() noexcept {
    std::uintptr_t old = word_.load(std::memory_order_relaxed);  // decided by the exchange below
    for (;;) {
      const bool granted = (old & fired) != 0;
      const std::uintptr_t next = granted ? 0 : old | left_bit;
      // release: partner is grant()'s acquire, which then owns the task. acquire: grant()'s FIRED.
      if (word_.compare_exchange_weak(old, next, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
        return granted ? resolution::schedule : resolution::left;
      }
    }
  }

  /// For introspection only.
  [[nodiscard]] bool parked_hint() const noexcept {
    return word_.load(std::memory_order_relaxed) > bits;  // a hint: orders nothing
  }

 private:
  static constexpr std::uintptr_t claim_bit = 1;  // a canceller holds the task in place
  static constexpr std::uintptr_t fired = 2;      // the grant happened meanwhile
  static constexpr std::uintptr_t again_bit = 4;  // another canceller came while it was claimed
  static constexpr std::uintptr_t left_bit = 8;   // the canceller left the task to the granter
  static constexpr std::uintptr_t bits = 15;

  static std::uintptr_t address(waiter& w) noexcept { return reinterpret_cast<std::uintptr_t>(&w); }
  static waiter* pointer(std::uintptr_t v) noexcept { return reinterpret_cast<waiter*>(v & ~bits); }

  // Writers: the task (park), its granter, cancellers; each by read-modify-write except where the
  // comment says why not.
  base::atomic<std::uintptr_t> word_{0};
};

}  // namespace jackdaw
