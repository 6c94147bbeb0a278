// SPDX-License-Identifier: MIT
// The transitions between running, searching and sleeping; the protocol is in README.md.
#include "work_stealing/sleepers.hpp"

#include <algorithm>
#include <cassert>
#include <mutex>

namespace jackdaw::work_stealing {

sleepers::sleepers(std::uint32_t workers) : workers_(workers) {
  assert(workers > 0 && workers < one_sleeper);
  asleep_.reserve(workers);
}

std::uint32_t sleepers::take_sleeper() noexcept {
  const std::lock_guard hold(mutex_);
  if (asleep_.empty()) return nobody;
  std::uint32_t seen = state_.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  do {
    if (searching_of(seen) != 0) return nobody;
    // relaxed: a count. The token carries our publication to the sleeper, the mutex orders the
    // list, and as a read-modify-write it passes on what earlier changes have released.
  } while (!state_.compare_exchange_weak(seen, seen - one_sleeper + one_searcher,
                                         std::memory_order_relaxed, std::memory_order_relaxed));
  const std::uint32_t worker = asleep_.back();
  asleep_.pop_back();
  return worker;
}

bool sleepers::try_start_searching() noexcept {
  std::uint32_t seen = state_.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  do {
    if (searching_of(seen) >= (workers_ + 1) / 2) return false;
    // relaxed: a count; what a searcher must have seen before it sleeps it sees after
    // announce_sleep(). Passes on, as in take_sleeper().
  } while (!state_.compare_exchange_weak(seen, seen + one_searcher, std::memory_order_relaxed,
                                         std::memory_order_relaxed));
  return true;
}

sleepers::succession sleepers::stop_searching() noexcept {
  // acq_rel: along the changes of this word everyone has seen what those before him had done: what
  // we moved between queues is seen by whoever becomes the last searcher after us. Partner: the
  // same in announce_sleep().
  const std::uint32_t before = state_.fetch_sub(one_searcher, std::memory_order_acq_rel);
  assert(searching_of(before) != 0);
  if (searching_of(before) != 1) return succession::others;
  // Who sleeps publishes nothing, and a foreign thread's look is a change of this word too: it came
  // before ours, and we see what it has pushed, or it will find that nobody searches.
  return sleeping_of(before) + 1 == workers_ ? succession::if_more_is_left : succession::needed;
}

bool sleepers::announce_sleep(std::uint32_t worker, bool searching) noexcept {
  std::uint32_t before = 0;
  {
    const std::lock_guard hold(mutex_);
    assert(std::find(asleep_.begin(), asleep_.end(), worker) == asleep_.end());
    asleep_.push_back(worker);  // never allocates: reserved for all workers
    // acq_rel: as in stop_searching(). One step, so that nobody sees us neither searching nor
    // asleep.
    before = state_.fetch_add(searching ? one_sleeper - one_searcher : one_sleeper,
                              std::memory_order_acq_rel);
  }
  const std::uint32_t others_searching = searching_of(before) - (searching ? 1U : 0U);
  if (others_searching != 0) return false;
  // Announcement, then the look; partner: light() in worker_to_wake(). If all others sleep, nobody
  // is there to be that partner.
  if (sleeping_of(before) + 1 != workers_) base::asymmetric_barrier::heavy();
  return true;
}

bool sleepers::cancel_sleep(std::uint32_t worker) noexcept {
  const std::lock_guard hold(mutex_);
  const auto found = std::find(asleep_.begin(), asleep_.end(), worker);
  if (found == asleep_.end()) return false;
  asleep_.erase(found);
  // relaxed: a count, under the mutex. Who announced before us and paid for no barrier is seen by
  // our next worker_to_wake(), which reads the same word.
  state_.fetch_sub(one_sleeper, std::memory_order_relaxed);
  return true;
}

}  // namespace jackdaw::work_stealing
