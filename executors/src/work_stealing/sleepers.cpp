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
    // acq_rel: so that along the changes of this word everyone has seen what those before him had
    // done; partner: the same in stop_searching() and announce_sleep(). relaxed on failure: we only
    // try again.
  } while (!state_.compare_exchange_weak(seen, seen - one_sleeper + one_searcher,
                                         std::memory_order_acq_rel, std::memory_order_relaxed));
  const std::uint32_t worker = asleep_.back();
  asleep_.pop_back();
  return worker;
}

bool sleepers::try_start_searching() noexcept {
  std::uint32_t seen = state_.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  do {
    if (searching_of(seen) >= (workers_ + 1) / 2) return false;
    // acq_rel: as in take_sleeper().
  } while (!state_.compare_exchange_weak(seen, seen + one_searcher, std::memory_order_acq_rel,
                                         std::memory_order_relaxed));
  return true;
}

bool sleepers::stop_searching() noexcept {
  // acq_rel: as in take_sleeper(); what we moved between queues is seen by whoever becomes the last
  // searcher after us.
  const std::uint32_t before = state_.fetch_sub(one_searcher, std::memory_order_acq_rel);
  assert(searching_of(before) != 0);
  return searching_of(before) == 1;
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
  state_.fetch_sub(one_sleeper, std::memory_order_acq_rel);  // acq_rel: as in take_sleeper()
  return true;
}

}  // namespace jackdaw::work_stealing
