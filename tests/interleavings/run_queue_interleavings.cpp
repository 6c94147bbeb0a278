// SPDX-License-Identifier: MIT
// work_stealing::run_queue under the model checker, with a ring of two.
#include "work_stealing/run_queue.hpp"

#include "check.hpp"
#include "payload.hpp"

namespace {

using jackdaw::work_stealing::injector;
using ring = jackdaw::work_stealing::basic_run_queue<2>;
using ring_of_four = jackdaw::work_stealing::basic_run_queue<4>;

constexpr unsigned owner = 0;

template <class Ring>
void drain(Ring& from) {
  while (take_if_any(from.pop())) {
  }
}

// The owner pops what a thief may be stealing, and fills the slots again behind it.
struct slots_used_again : rl::test_suite<slots_used_again, 3> {
  ring queue;
  ring loot[2];
  payload works[4];

  void thread(unsigned index) {
    if (index != owner) {
      take_if_any(queue.steal_into(loot[index - 1]));
      return;
    }
    for (payload& w : works) {
      w.prepare();
      if (!queue.push(w)) w.take();
    }
    take_if_any(queue.pop());
  }
  void after() {
    drain(queue);
    for (ring& l : loot) drain(l);
    for (payload& w : works) RL_ASSERT(w.taken == 1);
  }
};

// A thief takes two of four into its own ring, from which the second thief steals.
struct stolen_from_a_thief : rl::test_suite<stolen_from_a_thief, 3> {
  ring_of_four queue;
  ring_of_four loot;
  ring_of_four loot_of_loot;
  payload works[4];

  void before() {
    for (payload& w : works) {
      w.prepare();
      RL_ASSERT(queue.push(w));
    }
  }
  void thread(unsigned index) {
    if (index == owner) {
      take_if_any(queue.pop());
      take_if_any(queue.pop());
    } else if (index == 1) {
      take_if_any(queue.steal_into(loot));
      take_if_any(loot.pop());
    } else {
      take_if_any(loot.steal_into(loot_of_loot));
    }
  }
  void after() {
    drain(queue);
    drain(loot);
    drain(loot_of_loot);
    for (payload& w : works) RL_ASSERT(w.taken == 1);
  }
};

// The ring is full: the owner moves half to the injector, or finds that a thief has made room.
struct overflow : rl::test_suite<overflow, 2> {
  ring queue;
  ring loot;
  injector spill;
  payload works[4];

  void thread(unsigned index) {
    if (index != owner) {
      take_if_any(queue.steal_into(loot));
      take_if_any(spill.pop());
      return;
    }
    for (payload& w : works) {
      w.prepare();
      if (!queue.push(w)) queue.overflow_half(spill, w);
    }
  }
  void after() {
    drain(queue);
    drain(loot);
    while (take_if_any(spill.pop())) {
    }
    for (payload& w : works) RL_ASSERT(w.taken == 1);
  }
};

// A batch from the injector goes through the ring, where thieves are waiting.
struct batch : rl::test_suite<batch, 2> {
  ring queue;
  ring loot;
  injector foreign;
  payload works[3];

  void before() {
    for (payload& w : works) {
      w.prepare();
      foreign.push(w);
    }
  }
  void thread(unsigned index) {
    if (index == owner) {
      take_if_any(foreign.pop_batch(3, queue));
      take_if_any(queue.pop());
    } else {
      take_if_any(queue.steal_into(loot));
      take_if_any(foreign.pop());
    }
  }
  void after() {
    drain(queue);
    drain(loot);
    while (take_if_any(foreign.pop())) {
    }
    for (payload& w : works) RL_ASSERT(w.taken == 1);
  }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<slots_used_again>("a slot is filled again only after a thief has read it") &&
                 check<stolen_from_a_thief>("what a thief moved to its ring can be stolen again") &&
                 check<overflow>("a full ring overflows without loss while a thief is at it") &&
                 check<batch>("a batch from the injector is taken once each")
             ? 0
             : 1;
}
