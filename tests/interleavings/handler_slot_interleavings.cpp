// SPDX-License-Identifier: MIT
// base::handler_slot under the model checker: signal handlers, each a thread of its own, and owners
// that destroy what handlers have used.
#include <jackdaw/base/handler_slot.hpp>

#include <optional>

#include "check.hpp"

namespace {

using jackdaw::base::handler_slot;
using jackdaw::base::plain;

// What a handler sees is whole and alive.
struct target {
  plain<int> content{1};
};

struct world {
  handler_slot<target> slot;
  plain<int> disposition{0};  // of the signal: the business of whoever has set

  void handle() {
    slot.use([](target& t) { RL_ASSERT(t.content == 1); });
  }
  // False: another owner was there.
  bool own(std::optional<target>& object) {
    object.emplace();
    const bool mine = slot.set(*object);
    if (mine) {
      disposition = disposition + 1;
      slot.clear();
    }
    object.reset();
    return mine;
  }
};

// Two objects one after the other, and handlers at any time.
struct handlers_against_end : rl::test_suite<handlers_against_end, 3>, world {
  std::optional<target> first, second;

  void thread(unsigned index) {
    if (index != 0) return handle();
    RL_ASSERT(own(first));
    RL_ASSERT(own(second));
  }
};

// Two owners: one is there at a time, and sees what the other one has done.
struct owners_against_each_other : rl::test_suite<owners_against_each_other, 3>, world {
  std::optional<target> objects[2];

  void thread(unsigned index) {
    if (index == 2) return handle();
    (void)own(objects[index]);
  }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<handlers_against_end>("no handler is at what its owner destroys") &&
                 check<owners_against_each_other>("one owner comes after the other")
             ? 0
             : 1;
}
