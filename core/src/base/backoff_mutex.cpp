// SPDX-License-Identifier: MIT
#include <jackdaw/base/backoff_mutex.hpp>

namespace jackdaw::base {
namespace {

// In pauses: a few operations of the owner, less than a trip to the kernel.
constexpr int shortest = 16;
constexpr int longest = 64;

}  // namespace

void backoff_mutex::lock_after_backoff() noexcept {
  for (int pauses = shortest; pauses <= longest; pauses *= 2) {
    for (int i = 0; i != pauses; ++i) pause();
    if (inner_.try_lock()) return;
  }
  inner_.lock();
}

}  // namespace jackdaw::base
