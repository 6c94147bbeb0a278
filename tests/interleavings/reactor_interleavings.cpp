// SPDX-License-Identifier: MIT
// What the reactor keeps of its descriptors, and its wake-ups, under the model checker, with the
// steps of reactor.cpp around them. A direction's word is the claim of readiness_interleavings.cpp.
#include <optional>

#include "check.hpp"
#include "reactor/slot_table.hpp"
#include "reactor/wake_flag.hpp"

namespace {

using namespace jackdaw;
using reactor::slot;
using reactor::slot_table;

// A descriptor with an operation in each direction.
struct calls_against_close : rl::test_suite<calls_against_close, 3> {
  std::optional<slot_table> slots;
  slot* open = nullptr;
  std::optional<base::plain<int>> descriptor;

  void before() {
    base::statics::begin();
    slots.emplace();
    open = &slots->take(7);
    descriptor.emplace(7);
  }
  void thread(unsigned index) {
    if (index == 0) return operate(open->inward);
    if (index == 1) return operate(open->outward);
    const auto inward = open->inward.close();
    const auto outward = open->outward.close();
    leave(1U + (inward.in_use ? 0U : 1U) + (outward.in_use ? 0U : 1U));
    let_go();
  }
  void after() {
    RL_ASSERT(slots->in_use() == 0);
    RL_ASSERT(!descriptor.has_value());
    slots.reset();
    base::statics::end();
  }

 private:
  using word = reactor::readiness<io::operation>;

  void operate(word& direction) {
    if (direction.begin() != word::beginning::attempt) return;
    RL_ASSERT(*descriptor == 7);  // the system call
    if (direction.end(true) == word::ending::closed) leave(1);
  }
  void leave(std::uint32_t users) {
    if (!open->leave(users)) return;
    RL_ASSERT(open->fd == 7);
    descriptor.reset();
    let_go();
  }
  void let_go() {
    if (open->let_go()) slots->give_back(*open);
  }
};

// Events, by way of the kernel, which hands over what was done before the descriptor was added:
// they find their slot, or nobody if it has been given back.
struct events_find_their_slot : rl::test_suite<events_find_their_slot, 2> {
  static constexpr int opened = 3;  // so that the table grows
  std::optional<slot_table> slots;
  base::atomic<std::int64_t> keys[opened];

  void before() {
    base::statics::begin();
    slots.emplace();
    for (auto& k : keys) k.store(-1, std::memory_order_relaxed);
  }
  void thread(unsigned index) {
    if (index == 0) {
      slot* last = nullptr;
      for (auto& k : keys) {
        last = &slots->take(7);
        k.store(static_cast<std::int64_t>(slot_table::key(*last)), std::memory_order_release);
      }
      slots->give_back(*last);
      return;
    }
    for (int i = 0; i != opened; ++i) {
      const std::int64_t key = keys[i].load(std::memory_order_acquire);
      if (key < 0) continue;
      slot* const found = slots->find(static_cast<std::uint64_t>(key));
      RL_ASSERT(found != nullptr || i == opened - 1);
      if (found != nullptr) (void)found->inward.is_closed();
    }
  }
  void after() {
    slots.reset();
    base::statics::end();
  }
};

// What was published before a wake-up is seen after it, also by way of another waker's. A wake-up
// that is lost is a deadlock.
struct wakers_melt_into_one : rl::test_suite<wakers_melt_into_one, 3> {
  reactor::wake_flag woken;
  base::atomic<int> published[2];
  rl::sema_data* events = nullptr;

  void before() {
    events = rl::ctx().sema_ctor(false, 0, 4);
    for (auto& p : published) p.store(0, std::memory_order_relaxed);
  }
  void thread(unsigned index) {
    if (index < 2) {
      published[index].store(1, std::memory_order_relaxed);
      unsigned before = 0;
      if (woken.set()) events->post(1, before, RL_INFO);
      return;
    }
    int seen = 0;
    while (seen != 2) {
      events->wait(false, false, RL_INFO);
      woken.clear();
      seen = 0;
      for (auto& p : published) seen += p.load(std::memory_order_relaxed);
    }
  }
  void after() { rl::ctx().sema_dtor(events); }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<calls_against_close>("closed after every call, and the slot is free after that") &&
                 check<events_find_their_slot>("an event finds its slot while the table grows") &&
                 check<wakers_melt_into_one>("who need not wake is seen nevertheless")
             ? 0
             : 1;
}
