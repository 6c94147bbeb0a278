// SPDX-License-Identifier: MIT
// work_stealing::injector under the model checker.
#include "work_stealing/injector.hpp"

#include "check.hpp"
#include "payload.hpp"

namespace {

using jackdaw::work_stealing::injector;
using jackdaw::work_stealing::work_list;

struct push_against_pop : rl::test_suite<push_against_pop, 3> {
  injector queue;
  payload works[3];

  void thread(unsigned index) {
    if (index == 0) {
      works[0].prepare();
      queue.push(works[0]);
      take_if_any(queue.pop());
    } else if (index == 1) {
      work_list list;
      works[1].prepare();
      works[2].prepare();
      list.push(works[1]);
      list.push(works[2]);
      queue.push_all(list);
    } else {
      take_if_any(queue.pop());
    }
  }
  void after() {
    while (take_if_any(queue.pop())) {
    }
    for (payload& w : works) RL_ASSERT(w.taken == 1);
    RL_ASSERT(queue.empty_hint());
  }
};

// One producer's work comes out in its order.
struct order : rl::test_suite<order, 2> {
  injector queue;
  payload works[2];

  void thread(unsigned index) {
    if (index == 0) {
      for (payload& w : works) {
        w.prepare();
        queue.push(w);
      }
      return;
    }
    jackdaw::work* const first = queue.pop();
    RL_ASSERT(first == nullptr || first == &works[0]);
    jackdaw::work* const second = queue.pop();
    RL_ASSERT(second == nullptr || second == (first == nullptr ? &works[0] : &works[1]));
  }
  void after() {
    while (queue.pop() != nullptr) {
    }
  }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<push_against_pop>("each work is popped once, with what its pusher wrote") &&
                 check<order>("work of one producer comes out in order")
             ? 0
             : 1;
}
