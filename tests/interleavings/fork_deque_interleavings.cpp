// SPDX-License-Identifier: MIT
// base::fork_deque under the model checker.
#include <jackdaw/base/fork_deque.hpp>

#include "check.hpp"
#include "payload.hpp"

namespace {

using jackdaw::base::fork_deque;

constexpr unsigned owner = 0;

// As fork_join does it.
bool take_back(fork_deque& deque, payload& w) {
  return deque.take_back_from_stock(w) || deque.take_back(w);
}

template <unsigned Works>
void drain_and_expect_each_taken_once(fork_deque& deque, payload (&works)[Works]) {
  while (take_if_any(deque.pop())) {
  }
  for (payload& w : works) RL_ASSERT(w.taken == 1);
}

// The last entry: the owner wants back what a thief wants too.
struct last_entry : rl::test_suite<last_entry, 2> {
  fork_deque deque{2};
  payload works[2];

  void thread(unsigned index) {
    if (index != owner) {
      take_if_any(deque.steal());
      take_if_any(deque.steal());
      return;
    }
    for (payload& w : works) {
      w.prepare();
      RL_ASSERT(deque.push(w) != fork_deque::pushed::failed);
      if (take_back(deque, w)) w.take();
    }
  }
  void after() { drain_and_expect_each_taken_once(deque, works); }
};

// Nested forks, as a gather within a gather makes them, in a buffer that must grow; one thief takes
// what is on show, the other raids.
struct nested_forks : rl::test_suite<nested_forks, 3> {
  fork_deque deque{2};
  payload works[4];

  void thread(unsigned index) {
    if (index == 1) {
      take_if_any(deque.steal());
      take_if_any(deque.steal());
    } else if (index == 2) {
      take_if_any(deque.raid());
      take_if_any(deque.raid());
    } else {
      for (payload& w : works) {
        w.prepare();
        RL_ASSERT(deque.push(w) != fork_deque::pushed::failed);
      }
      for (unsigned i = 4; i-- != 0;) {
        if (take_back(deque, works[i])) works[i].take();
      }
    }
  }
  void after() { drain_and_expect_each_taken_once(deque, works); }
};

// Somebody raids what the owner has just gone back to: nothing but the lowered end tells him of the
// work below. Without membarrier it is the end that the owner has put back.
template <bool Membarrier>
struct lowered_end : rl::test_suite<lowered_end<Membarrier>, 2> {
  fork_deque deque{2};
  payload works[3];

  void before() { jackdaw::base::asymmetric_barrier::light_is_free = Membarrier; }
  void thread(unsigned index) {
    if (index != owner) {
      take_if_any(deque.raid());
      return;
    }
    for (payload& w : works) {
      w.prepare();
      RL_ASSERT(deque.push(w) != fork_deque::pushed::failed);
    }
    if (take_back(deque, works[2])) works[2].take();
  }
  void after() {
    jackdaw::base::asymmetric_barrier::light_is_free = true;
    drain_and_expect_each_taken_once(deque, works);
  }
};

// Two raiders, and an owner who takes back, forks again and shows the oldest anew.
struct raids : rl::test_suite<raids, 3> {
  fork_deque deque{2};
  payload works[4];

  void thread(unsigned index) {
    if (index != owner) {
      take_if_any(deque.raid());
      take_if_any(deque.steal());
      return;
    }
    for (payload& w : works) w.prepare();
    RL_ASSERT(deque.push(works[0]) != fork_deque::pushed::failed);
    RL_ASSERT(deque.push(works[1]) != fork_deque::pushed::failed);
    if (take_back(deque, works[1])) works[1].take();
    RL_ASSERT(deque.push(works[2]) != fork_deque::pushed::failed);
    RL_ASSERT(deque.push(works[3]) != fork_deque::pushed::failed);
    if (take_back(deque, works[3])) works[3].take();
  }
  void after() { drain_and_expect_each_taken_once(deque, works); }
};

// Slots are used again while a raider with an old first_ may still read them; pop instead of
// take_back.
struct slots_used_again : rl::test_suite<slots_used_again, 3> {
  fork_deque deque{2};
  payload works[5];

  void thread(unsigned index) {
    if (index != owner) {
      take_if_any(deque.raid());
      take_if_any(deque.raid());
      return;
    }
    for (payload& w : works) w.prepare();
    RL_ASSERT(deque.push(works[0]) != fork_deque::pushed::failed);
    RL_ASSERT(deque.push(works[1]) != fork_deque::pushed::failed);
    RL_ASSERT(deque.push(works[2]) != fork_deque::pushed::failed);
    take_if_any(deque.pop());
    RL_ASSERT(deque.push(works[3]) != fork_deque::pushed::failed);
    RL_ASSERT(deque.push(works[4]) != fork_deque::pushed::failed);
    take_if_any(deque.pop());
  }
  void after() { drain_and_expect_each_taken_once(deque, works); }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<last_entry>("the last fork goes to its owner or to a thief") &&
                 check<nested_forks>("nested forks in a growing buffer are taken once each", 2) &&
                 check<lowered_end<true>>("a lowered end tells of the works below it") &&
                 check<lowered_end<false>>("so does one that is put back, without membarrier") &&
                 check<raids>("what is raided, shown again or taken back is taken once") &&
                 check<slots_used_again>("a slot is used again only after it was read", 2)
             ? 0
             : 1;
}
