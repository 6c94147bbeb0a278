// SPDX-License-Identifier: MIT
// Who sleeps and who searches: decides which worker a new piece of work wakes, if any.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include <jackdaw/base/asymmetric_barrier.hpp>
#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/base/small_mutex.hpp>

namespace jackdaw::work_stealing {

/// Decides who is woken for new work. One for each pool. The protocol and its proof are in
/// README.md.
///
/// A worker is *running*, *searching* (has nothing, looks into the others' queues), or *asleep*
/// (listed here). One worker is woken for a publication of work, and only if somebody sleeps and
/// nobody searches: a searcher will find it.
///
/// The promise: no work that can be stolen is left lying while a worker sleeps and nobody searches
/// or is being woken.
///
/// What the callers owe for it:
///  1. After every publication of work (a push to any queue that others take from, and a move from
///     one to another) call worker_to_wake, and unpark whom it names. Threads that are no workers
///     of this pool call worker_to_wake_from_outside.
///  2. Only searchers steal. Who finds something calls stop_searching before running it, and wakes
///     another as that says.
///  3. Who finds nothing goes to sleep by announce_sleep. If that says "look again", look at every
///     queue, and at whatever else gives work, before parking.
///  4. After every park, and instead of it if looking again found something, call cancel_sleep.
///     From announce_sleep to cancel_sleep a worker publishes nothing.
///
/// Thread safety: every function may be called from any thread, for a worker's index by that
/// worker.
class alignas(base::cache_line) sleepers {
 public:
  static constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();

  /// For workers with the indices [0, workers). Throws std::bad_alloc. All are running at first.
  explicit sleepers(std::uint32_t workers);

  /// Call it after a publication of work. Returns the index of the worker to unpark, who from now
  /// on counts as searching, or `nobody`. Free of barriers and of writes when there is nobody to
  /// wake.
  [[nodiscard("the named worker must be unparked")]] std::uint32_t worker_to_wake() noexcept {
    base::asymmetric_barrier::light();  // publication, then this load; partner: heavy() in
                                        // announce_sleep()
    // relaxed: the barrier orders it; what it says is verified under the mutex.
    const std::uint32_t seen = state_.load(std::memory_order_relaxed);
    if (sleeping_of(seen) == 0 || searching_of(seen) != 0) [[likely]] {
      return nobody;
    }
    return take_sleeper();
  }

  /// The same for a thread that is no worker of this pool: always a read-modify-write, so that the
  /// last worker awake need not pay for a barrier when it falls asleep.
  [[nodiscard("the named worker must be unparked")]] std::uint32_t
  worker_to_wake_from_outside() noexcept {
    // acq_rel: publication, then this; partner: announce_sleep(), which comes before it in the
    // order of changes, and is seen, or after it, and sees the publication.
    const std::uint32_t seen = state_.fetch_add(0, std::memory_order_acq_rel);
    return sleeping_of(seen) == 0 || searching_of(seen) != 0 ? nobody : take_sleeper();
  }

  /// Asks to search. False if half of the workers do already: then go to sleep, they will find what
  /// there is.
  [[nodiscard]] bool try_start_searching() noexcept;

  /// Whether somebody is to be woken to search on: rule 1.
  enum class succession : std::uint8_t {
    others,           ///< no: others search
    if_more_is_left,  ///< the last searcher, and all others sleep: if the injector has more
    needed            ///< the last searcher
  };

  /// A searcher has found something, and runs it next.
  [[nodiscard("the last searcher may have to wake another: worker_to_wake()")]] succession
  stop_searching() noexcept;

  /// `worker` has nothing and goes to sleep; `searching` says whether it was a searcher, which it
  /// ceases to be. True: it must look at everything once more before it parks (a barrier for that
  /// has been paid, unless all others sleep). False: somebody else is searching, and will see to
  /// it.
  [[nodiscard("true: look at every queue again before parking")]] bool announce_sleep(
      std::uint32_t worker, bool searching) noexcept;

  /// `worker` is awake again, for whatever reason. True: it was still listed, and is running now.
  /// False: a waker has taken it off the list: it is a searcher now, and its parker holds a token
  /// or will soon.
  [[nodiscard("false: the worker is a searcher now")]] bool cancel_sleep(
      std::uint32_t worker) noexcept;

  [[nodiscard]] std::uint32_t searching() const noexcept {
    return searching_of(state_.load(std::memory_order_relaxed));  // relaxed: for metrics
  }
  [[nodiscard]] std::uint32_t sleeping() const noexcept {
    return sleeping_of(state_.load(std::memory_order_relaxed));  // relaxed: for metrics
  }

 private:
  static constexpr std::uint32_t one_searcher = 1;
  static constexpr std::uint32_t one_sleeper = 1U << 16;

  static constexpr std::uint32_t searching_of(std::uint32_t s) noexcept { return s % one_sleeper; }
  static constexpr std::uint32_t sleeping_of(std::uint32_t s) noexcept { return s / one_sleeper; }

  std::uint32_t take_sleeper() noexcept;

  // Two counts: searching workers in the low half, sleeping ones in the high half. Changed by
  // read-modify-writes, the sleepers' half under the mutex only; read by all. Its modification
  // order is the backbone of the proof.
  base::atomic<std::uint32_t> state_{0};
  base::small_mutex mutex_;
  const std::uint32_t workers_;
  std::vector<std::uint32_t>
      asleep_;  // guarded by mutex_; the last to fall asleep is woken first: its cache is warm
};

}  // namespace jackdaw::work_stealing
