// SPDX-License-Identifier: MIT
// base::small_mutex under the model checker. A lost wake-up shows as a deadlock.
#include <jackdaw/base/small_mutex.hpp>

#include <mutex>

#include "check.hpp"

namespace {

using jackdaw::base::plain;
using jackdaw::base::small_mutex;

template <unsigned Threads, int Rounds>
struct contention : rl::test_suite<contention<Threads, Rounds>, Threads> {
  small_mutex mutex;
  plain<int> counter{0};

  void thread(unsigned) {
    for (int i = 0; i != Rounds; ++i) {
      const std::lock_guard hold(mutex);
      counter = counter + 1;
    }
  }
  void after() { RL_ASSERT(counter == static_cast<int>(Threads) * Rounds); }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<contention<2, 2>>("two threads exclude each other and none sleeps for ever") &&
                 check<contention<3, 2>>(
                     "three threads exclude each other and none sleeps for ever")
             ? 0
             : 1;
}
