// SPDX-License-Identifier: MIT
// The queue through which foreign threads, and workers with too much, hand work to all workers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/work.hpp>

#include "work_stealing/bundle.hpp"
#include "work_stealing/work_list.hpp"

namespace jackdaw::work_stealing {

/// A first in, first out queue of any length for any number of threads, guarded by a mutex that is
/// held for a few instructions. Who finds it empty does not touch the mutex.
///
/// Thread safety: every function may be called from any thread. Memory ordering: a push happens
/// before the pop that returns its work. After a push, call sleepers::worker_to_wake.
class alignas(base::cache_line) injector {
 public:
  injector() noexcept = default;
  injector(const injector&) = delete;
  injector& operator=(const injector&) = delete;
  ~injector();

  void push(work& w) noexcept;

  /// Empties `list` into the queue, in order.
  void push_all(work_list& list) noexcept;

  /// Takes over a bundle that is not empty.
  void push_bundle(bundle& b) noexcept;

  /// The oldest work, null if there is none.
  work* pop() noexcept;

  /// Takes up to `count` of the oldest, one bundle at most: returns the first, and pushes the
  /// others into `mine`, the caller's own ring, as far as there is room. Null if there is none.
  /// What went to the ring is a publication: call worker_to_wake.
  template <class Ring>
  work* pop_batch(std::size_t count, Ring& mine) noexcept {
    batch taken = take(std::min(count, mine.room() + 1));
    work* const first = taken.pop();
    while (work* const w = taken.pop()) {
      [[maybe_unused]] const bool pushed = mine.push(*w);  // there is room, and only we fill it
    }
    return first;
  }

  /// Whether there seems to be nothing. Exact to a thread that has synchronised with those who
  /// pushed, as a worker has after the barrier in sleepers::announce_sleep; a hint to others.
  [[nodiscard]] bool empty_hint() const noexcept { return size_hint() == 0; }

  [[nodiscard]] std::size_t size_hint() const noexcept {
    return size_.load(std::memory_order_relaxed);  // relaxed: see the field
  }

 private:
  // What one visit has taken: a bundle, or single units.
  struct batch {
    work* pop() noexcept {
      if (bundled == nullptr) return single.pop();
      return bundled->size() != 0 ? &bundled->pop() : nullptr;
    }
    work_list single;
    std::unique_ptr<bundle> bundled;
  };

  [[nodiscard]] batch take(std::size_t count) noexcept;
  void resize(std::size_t more, std::size_t less) noexcept;

  base::small_mutex mutex_;
  // How much work list_ stands for. Written under the mutex, read by anyone. Relaxed: it only tells
  // whether the mutex is worth taking. That a worker about to sleep sees the last push is the
  // business of sleepers (see README.md).
  base::atomic<std::size_t> size_{0};
  work_list list_;  // single units and bundles; guarded by mutex_
  // The bundles in it, in the same order, for the destructor: the units may be gone by then.
  // Guarded by mutex_.
  bundle* first_bundle_ = nullptr;
  bundle* last_bundle_ = nullptr;
};

}  // namespace jackdaw::work_stealing
