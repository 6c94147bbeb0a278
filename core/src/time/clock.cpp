// SPDX-License-Identifier: MIT
#include <jackdaw/time/clock.hpp>

#include <jackdaw/base/simulated_thread.hpp>

namespace jackdaw {

clock::time_point clock::now() noexcept {
  if (const base::simulated_thread* here = base::this_simulated_thread(); here != nullptr)
      [[unlikely]]
    return time_point(duration(here->now()));
  return time_point(
      std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

}  // namespace jackdaw
