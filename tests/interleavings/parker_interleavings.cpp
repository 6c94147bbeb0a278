// SPDX-License-Identifier: MIT
// work_stealing::parker under the model checker. A lost unpark shows as a deadlock.
#include "work_stealing/parker.hpp"

#include "check.hpp"

namespace {

using jackdaw::base::plain;
using jackdaw::work_stealing::parker;

constexpr unsigned owner = 0;

// Each side waits for the other in turn; what one wrote before the unpark the other reads after.
struct ping_pong : rl::test_suite<ping_pong, 2> {
  parker seat[2];
  plain<int> ball{0};

  void thread(unsigned index) {
    for (int round = 0; round != 2; ++round) {
      if (index == owner) {
        ball = ball + 1;
        seat[1].unpark();
        seat[0].park();
      } else {
        seat[1].park();
        ball = ball + 1;
        seat[0].unpark();
      }
    }
  }
  void after() { RL_ASSERT(ball == 4); }
};

// Two wakers: tokens may melt into one, but after the second park has returned, or the first if
// they did melt, what both wrote is seen.
struct two_wakers : rl::test_suite<two_wakers, 3> {
  parker seat;
  jackdaw::base::atomic<int> arrived{0};
  plain<int> written[2];

  two_wakers() { written[0] = written[1] = 0; }

  void thread(unsigned index) {
    if (index != owner) {
      written[index - 1] = 1;
      arrived.fetch_add(1, std::memory_order_relaxed);
      seat.unpark();
      return;
    }
    seat.park();
    if (arrived.load(std::memory_order_relaxed) != 2) seat.park();
  }
  void after() { RL_ASSERT(written[0] == 1 && written[1] == 1); }
};

// A deadline may pass at any moment; the token is then reported by this call or is there for the
// next.
struct deadline_against_unpark : rl::test_suite<deadline_against_unpark, 2> {
  parker seat;
  plain<int> written{0};

  void thread(unsigned index) {
    if (index != owner) {
      written = 1;
      seat.unpark();
      return;
    }
    if (!seat.park_until(0)) seat.park();
    RL_ASSERT(written == 1);
    RL_ASSERT(!seat.park_until(0));
  }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<ping_pong>("no unpark is lost, and each happens before the park it ends") &&
                 check<two_wakers>("two unparks wake at least once") &&
                 check<deadline_against_unpark>("a deadline does not swallow an unpark")
             ? 0
             : 1;
}
