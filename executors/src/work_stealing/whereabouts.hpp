// SPDX-License-Identifier: MIT
// In which cache group each worker of a pool runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <jackdaw/base/atomic.hpp>

#include "work_stealing/cache_groups.hpp"

namespace jackdaw::work_stealing {

/// The group in which each worker was last seen. Workers are not pinned, so each notes from time to
/// time where it is. A hint: it says where to look first, not where to look.
///
/// Thread safety: note() by the worker that it is about, the others by any thread.
class whereabouts {
 public:
  whereabouts(cache_groups groups, std::size_t workers) : groups_(std::move(groups)) {
    if (groups_.several() && workers > 1) seen_ = std::make_unique<place[]>(workers);
  }

  /// False: all are as near as can be, and nobody notes anything.
  [[nodiscard]] bool matter() const noexcept { return seen_ != nullptr; }

  /// The worker runs here. Stored only if it has moved: each thief reads the whole table, which
  /// therefore should stay in every cache.
  void note(std::uint32_t worker) noexcept {
    if (!matter()) return;
    base::atomic<cache_groups::group>& seen = seen_[worker].group;
    const cache_groups::group here = groups_.here();
    // relaxed, both, and in distance(): a hint, which orders nothing
    if (seen.load(std::memory_order_relaxed) != here) seen.store(here, std::memory_order_relaxed);
  }

  /// As in cache_groups. Only if they matter.
  [[nodiscard]] std::uint8_t distance(std::uint32_t a, std::uint32_t b) const noexcept {
    return groups_.distance(seen_[a].group.load(std::memory_order_relaxed),
                            seen_[b].group.load(std::memory_order_relaxed));
  }

 private:
  struct place {
    base::atomic<cache_groups::group> group{0};
  };

  std::unique_ptr<place[]> seen_;  // by worker; null if they do not matter
  cache_groups groups_;
};

}  // namespace jackdaw::work_stealing
