// SPDX-License-Identifier: MIT
// The end of a run under the model checker: root_base's word between the task's last step and the
// thread outside that waits for it, in each of its ways, or leaves it to somebody else.
#include <jackdaw/structured/root_task.hpp>

#include <optional>

#include <jackdaw/time/clock.hpp>

#include "simulated_worker.hpp"

// A deadline passes at any moment: that is the futex's business.
jackdaw::clock::time_point jackdaw::clock::now() noexcept { return {}; }

namespace {

using namespace jackdaw;

// A root without a coroutine: the suite says when its body has ended.
class bodiless_root final : public root_base {
 public:
  using root_base::detach;
  using root_base::root_base;

  void end_body() {
    outcome = 1;
    (void)finish(*this);
  }
  base::plain<int> outcome{0};
  base::plain<int> will{0};  // written before a detach, for the heir
};

template <class Suite, unsigned Threads>
struct suite : rl::test_suite<Suite, Threads> {
  std::optional<simulated_worker> worker;
  std::optional<no_services> env;
  std::optional<bodiless_root> root;

  void before() {
    base::statics::begin();
    worker.emplace();
    env.emplace(*worker);
    root.emplace(*worker, *env);
  }
  void thread(unsigned index) {
    if (index == 0) return root->end_body();
    static_cast<Suite*>(this)->outside(index);
  }
  void after() {
    root.reset();
    env.reset();
    worker.reset();
    base::statics::end();
  }
};

struct waits : suite<waits, 2> {
  void outside(unsigned) {
    root->wait();
    RL_ASSERT(root->outcome == 1);
  }
};

struct waits_for_a_while : suite<waits_for_a_while, 2> {
  void outside(unsigned) {
    if (!root->wait_until(1)) root->wait();
    RL_ASSERT(root->outcome == 1);
  }
};

struct looks : suite<looks, 2> {
  void outside(unsigned) {
    if (root->done()) RL_ASSERT(root->outcome == 1);
  }
};

// The poke ends a wait, or comes too late.
struct waits_and_is_poked : suite<waits_and_is_poked, 3> {
  void outside(unsigned index) {
    if (index == 2) return root->poke();
    if (!root->wait_or_poke()) root->wait();
    RL_ASSERT(root->outcome == 1);
  }
};

// Without an end: only the poke can end the wait.
struct is_poked : suite<is_poked, 2> {
  void thread(unsigned index) {
    if (index == 0) return root->poke();
    RL_ASSERT(!root->wait_or_poke());
  }
};

// Whoever comes last, the task or its owner, calls the heir, once.
struct leaves_it_to_an_heir : suite<leaves_it_to_an_heir, 2> {
  static void inherit(root_base& r) noexcept {
    auto& self = static_cast<bodiless_root&>(r);
    RL_ASSERT(self.outcome == 1 && self.will == 1);
    self.will = 2;
  }
  void outside(unsigned) {
    root->will = 1;
    root->detach(inherit);
  }
  void after() {
    RL_ASSERT(root->will == 2);
    suite::after();
  }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<waits>("who waits for the end sees the outcome") &&
                 check<waits_for_a_while>("so does who waits until a deadline first") &&
                 check<looks>("so does who only looks") &&
                 check<waits_and_is_poked>("so does who is poked while it waits") &&
                 check<is_poked>("a poke is not lost") &&
                 check<leaves_it_to_an_heir>("an heir has both the outcome and the will")
             ? 0
             : 1;
}
