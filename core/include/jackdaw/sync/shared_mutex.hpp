// SPDX-License-Identifier: MIT
// A mutex for tasks that many may hold for reading, or one for writing.
//
// One word, `state_`: readers inside times `shared`, plus `exclusive` while a writer is inside,
// plus `queued` while tasks wait. Whoever sees it without `queued` changes it by compare-and-swap
// and needs no lock; with `queued`, only the holder of the waiter table's lock changes it.
// Invariants
//  1. The word is `queued` if and only if there are waiters.
//  2. The first waiter cannot come in as the word is: whoever changes the word, or takes a waiter
//     out, lets in from the front whom it admits now. Nobody overtakes (S29).
//  3. Whoever gives back touches nothing of the mutex afterwards, unless it has taken waiters out
//     that it has not woken yet: the next owner may destroy the mutex.
#pragma once

#include <coroutine>
#include <cstdint>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/cancellation/turn.hpp>

namespace jackdaw {

class released_waiters;

/// Readers together, writers alone: `auto guard = co_await rw.lock_shared();` or
/// `co_await rw.lock();`. May be held across suspensions and released on another thread than it was
/// taken on.
///
/// Fair: first come, first served, so a waiting writer keeps later readers out, and readers that
/// wait one behind the other enter together. Hence not recursive, for readers neither. A reader
/// cannot become a writer. It must outlive its guards and waiters. Under short sections `mutex` is
/// cheaper.
///
/// Thread safety: every member from any task on any thread. Memory ordering: an unlock happens
/// before the return of the locks that could not be had together with it.
class shared_mutex {
  // How much of the word a holder takes.
  static constexpr std::uint64_t exclusive = 2;
  static constexpr std::uint64_t shared = 4;

  template <std::uint64_t Share>
  class hold;
  template <std::uint64_t Share>
  class awaiter;
  template <std::uint64_t Share>
  class locking;

 public:
  shared_mutex() noexcept = default;
  shared_mutex(const shared_mutex&) = delete;
  shared_mutex& operator=(const shared_mutex&) = delete;

  using guard = hold<exclusive>;      ///< the right to write
  using shared_guard = hold<shared>;  ///< the right to read

  /// Waits for the right to write. A checkpoint; after `cancelled` the caller does not hold it, and
  /// those who waited behind it come in if they can (S29, S30).
  locking<exclusive> lock() noexcept;
  /// The same for the right to read.
  locking<shared> lock_shared() noexcept;

  /// A guard that owns the right if it can be had now without overtaking anybody, else an empty
  /// one. No checkpoint.
  [[nodiscard]] guard try_lock() noexcept;
  [[nodiscard]] shared_guard try_lock_shared() noexcept;

 private:
  static constexpr std::uint64_t queued = 1;

  class entry;

  static bool admits(std::uint64_t word, std::uint64_t share) noexcept {
    return share == exclusive ? word == 0 : (word & (queued | exclusive)) == 0;
  }
  [[nodiscard]] bool try_take(std::uint64_t share) noexcept {
    std::uint64_t seen = state_.load(std::memory_order_relaxed);  // the exchange acquires
    while (admits(seen, share)) {
      // acquire: pairs with the releases of those who gave back.
      if (state_.compare_exchange_weak(seen, seen + share, std::memory_order_acquire,
                                       std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }
  void give(std::uint64_t share) noexcept {
    std::uint64_t seen = state_.load(std::memory_order_relaxed);  // only a guess for the exchange
    while ((seen & queued) == 0) {
      // release: pairs with the acquires of those who take.
      if (state_.compare_exchange_weak(seen, seen - share, std::memory_order_release,
                                       std::memory_order_relaxed)) {
        return;
      }
    }
    give_slowly(share);
  }

  [[nodiscard]] bool take_or_queue(std::uint64_t share) noexcept;
  void give_slowly(std::uint64_t share) noexcept;
  [[nodiscard]] bool leave_queue(entry& e) noexcept;
  [[nodiscard]] bool admit_batch(released_waiters& admitted, std::uint64_t given_back) noexcept;
  void admit_and_unlock(std::uint64_t given_back) noexcept;

  // Readers, writer, queued. Written by everyone who takes and gives; partners: each other.
  base::atomic<std::uint64_t> state_{0};
  waiter_list waiters_;  // guarded by waiter_lock(this)
};

/// The right to be inside, given up when it is destroyed or unlocked.
template <std::uint64_t Share>
class [[nodiscard(
    "a guard that is dropped at once protects nothing: keep it in a variable")]] shared_mutex::
    hold {
 public:
  hold() noexcept = default;  ///< of nothing
  hold(hold&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
  hold& operator=(hold&& other) noexcept {
    hold taken(std::move(other));
    std::swap(from_, taken.from_);
    return *this;
  }
  ~hold() { unlock(); }

  /// Gives the right up early. Does nothing for an empty guard.
  void unlock() noexcept {
    if (from_ != nullptr) std::exchange(from_, nullptr)->give(Share);
  }
  [[nodiscard]] bool owns_lock() const noexcept { return from_ != nullptr; }
  explicit operator bool() const noexcept { return owns_lock(); }

 private:
  friend class shared_mutex;
  explicit hold(shared_mutex& from) noexcept : from_(&from) {}

  shared_mutex* from_ = nullptr;
};

// A waiter, and what it waits for.
class shared_mutex::entry : public waiter {
 public:
  entry(shared_mutex& m, std::uint64_t share, task_context& t) noexcept
      : waiter(t, unlink, share == exclusive ? "shared_mutex" : "shared_mutex (shared)"),
        mutex_(&m),
        share_(share) {}

  bool await_ready() noexcept {
    if (stop_requested()) return true;
    if (!mutex_->try_take(share_)) return false;
    taken_ = true;
    return !turn_used_up();
  }
  bool await_suspend(std::coroutine_handle<> h) noexcept {
    if (!taken_) {
      return park_on(
          mutex_, *this, h, [this] { return mutex_->take_or_queue(share_); },
          [this](waiter& w) { mutex_->waiters_.push_back(w); });
    }
    task().end_turn(h);
    return true;
  }

 protected:
  ~entry() = default;

  shared_mutex* mutex_;

 private:
  friend class shared_mutex;
  static bool unlink(waiter& w) noexcept {
    auto& self = static_cast<entry&>(w);
    return self.mutex_->leave_queue(self);
  }

  std::uint64_t share_;
  bool taken_ = false;  // already, but the turn is used up
};

template <std::uint64_t Share>
class shared_mutex::awaiter final : public entry {
 public:
  awaiter(shared_mutex& m, task_context& t) noexcept : entry(m, Share, t) {}
  hold<Share> await_resume() {
    throw_if_cancelled();
    return hold<Share>(*mutex_);
  }
};

template <std::uint64_t Share>
class [[nodiscard("write co_await rw.lock()")]] shared_mutex::locking {
 public:
  explicit locking(shared_mutex& m) noexcept : mutex_(&m) {}
  awaiter<Share> bind(task_context& t) const noexcept { return awaiter<Share>(*mutex_, t); }

 private:
  shared_mutex* mutex_;
};

inline shared_mutex::locking<shared_mutex::exclusive> shared_mutex::lock() noexcept {
  return locking<exclusive>(*this);
}
inline shared_mutex::locking<shared_mutex::shared> shared_mutex::lock_shared() noexcept {
  return locking<shared>(*this);
}
inline shared_mutex::guard shared_mutex::try_lock() noexcept {
  return try_take(exclusive) ? guard(*this) : guard();
}
inline shared_mutex::shared_guard shared_mutex::try_lock_shared() noexcept {
  return try_take(shared) ? shared_guard(*this) : shared_guard();
}

}  // namespace jackdaw
