// SPDX-License-Identifier: MIT
// membership under the model checker: a group is over once, after every member, whoever lets in
// whom, and whoever knocks from outside.
#include <jackdaw/structured/membership.hpp>

#include <array>
#include <cstddef>
#include <mutex>

#include <jackdaw/base/small_mutex.hpp>
#include "check.hpp"

namespace {

using jackdaw::membership;
using jackdaw::base::plain;

// Of a member.
struct record {
  plain<bool> let_in{false};
  plain<bool> done{false};
};

struct group {
  membership members;
  std::array<record, 4> records;  // by number
  plain<int> body_done{0};
  plain<int> over{0};
  plain<bool> seen_alone{false};
  jackdaw::base::small_mutex lock;  // guards closed
  plain<bool> closed{false};

  // What the last member sees: everything that the others have done. Then nobody gets in.
  void end() {
    RL_ASSERT(over == 0);
    over = 1;
    RL_ASSERT(body_done == 1);
    for (record& each : records) RL_ASSERT(each.done == each.let_in);
    const std::lock_guard guard(lock);
    closed = true;
    std::size_t number = 0;
    RL_ASSERT(!members.try_enter(number));
    RL_ASSERT(members.live() == 0);
  }
  // Who is alone may use what is everybody's.
  void look_if_alone() {
    if (!members.only_one()) return;
    for (record& each : records) seen_alone = each.done;
  }
  void give(std::size_t number) {
    RL_ASSERT(!records[number].let_in);
    records[number].let_in = true;
  }
  void live(std::size_t number) {
    look_if_alone();
    records[number].done = true;
    if (members.leave()) end();
  }
  void end_body() {
    look_if_alone();
    body_done = 1;
    if (members.body_left()) end();
  }
};

// A member that either of two threads may be the one to run: who comes second.
struct member {
  jackdaw::base::atomic<int> present{0};
  plain<std::size_t> number{0};

  bool comes_second() { return present.fetch_add(1, std::memory_order_acq_rel) == 1; }
};

// Thread 0 is the body, which lets two in; the first of them lets in one more, maybe when the body
// has ended. Each runs on a thread of its own, or, if that came too early, on who has let it in.
struct members_let_in_members : rl::test_suite<members_let_in_members, 3>, group {
  std::array<member, 2> spawned;

  void run(std::size_t which) {
    if (which == 0) {
      const std::size_t n = members.enter();
      give(n);
      live(n);
    }
    live(spawned[which].number);
  }
  void thread(unsigned index) {
    if (index != 0) {
      if (spawned[index - 1].comes_second()) run(index - 1);
      return;
    }
    for (std::size_t i = 0; i != spawned.size(); ++i) {
      spawned[i].number = members.enter();
      give(spawned[i].number);
      if (spawned[i].comes_second()) run(i);
    }
    end_body();
  }
  void after() { RL_ASSERT(over == 1); }
};

// Thread 2 is outside, and lets one in if the group is not over.
struct somebody_knocks : rl::test_suite<somebody_knocks, 3>, group {
  member spawned;

  void knock() {
    std::size_t number = 0;
    {
      const std::lock_guard guard(lock);
      if (closed || !members.try_enter(number)) return;
      give(number);
    }
    records[number].done = true;
    if (members.leave()) end();
  }
  void thread(unsigned index) {
    if (index == 2) return knock();
    if (index == 1) {
      if (spawned.comes_second()) leave_quietly();
      return;
    }
    spawned.number = members.enter();
    give(spawned.number);
    if (spawned.comes_second()) leave_quietly();
    body_done = 1;
    if (members.body_left()) end();
  }
  void leave_quietly() {
    records[spawned.number].done = true;
    if (members.leave()) end();
  }
  void after() { RL_ASSERT(over == 1); }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<members_let_in_members>("a group is over once, after all whom its members let in") &&
                 check<somebody_knocks>("nobody from outside gets into a group that is over")
             ? 0
             : 1;
}
