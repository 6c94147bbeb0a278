// SPDX-License-Identifier: MIT
// What tasks wait for together, under the model checker: every pair of operations of event, latch
// and barrier.
#include <jackdaw/sync/barrier.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/sync/latch.hpp>

#include "operation_pairs.hpp"

namespace {

using namespace jackdaw;
using interleavings::make_lock_of;
using interleavings::operation;
using interleavings::simulated_task;

// Who sees that it is set sees what was done before.
struct event_world {
  using op = operation<event_world>;

  event e;
  base::plain<int> done_by[2] = {{0}, {0}};

  event_world(const op&, const op&) { make_lock_of(&e); }
  // Who is cancelled looks once more.
  static void wait(event_world& w, simulated_task& t) {
    if (t.await(w.e.wait())) {
      RL_ASSERT(w.done_by[t.other()] == 1);
    } else {
      is_set(w, t);
    }
  }
  static void set(event_world& w, simulated_task& t) {
    w.done_by[t.index()] = 1;
    w.e.set();
  }
  static void clear(event_world& w, simulated_task&) { w.e.clear(); }
  static void is_set(event_world& w, simulated_task& t) {
    if (w.e.is_set()) RL_ASSERT(w.done_by[t.other()] == 1);
  }
  static constexpr auto operations() {
    return std::array{op{"wait", wait, 1}, op{"set", set, 0, 1}, op{"clear", clear},
                      op{"is_set", is_set}};
  }
  void check() { e.set(); }
};

// Whoever returns from the wait may destroy the event, though set() has not returned.
struct event_destroyed_by_its_waiter : rl::test_suite<event_destroyed_by_its_waiter, 3> {
  std::optional<scope> root;
  std::optional<event> e;
  std::optional<simulated_task> tasks[2];
  base::atomic<int> users{2};

  void before() {
    base::statics::begin();
    root.emplace();
    e.emplace();
    make_lock_of(&*e);
    for (std::size_t i = 0; i != 2; ++i) tasks[i].emplace(*root, i);
  }
  void thread(unsigned index) {
    if (index == 2) return e->set();
    RL_ASSERT(tasks[index]->await(e->wait()).has_value());
    tasks[index]->end();
    if (users.fetch_sub(1, std::memory_order_acq_rel) == 1) e.reset();
  }
  void after() {
    RL_ASSERT(!e.has_value());
    for (auto& t : tasks) t.reset();
    root.reset();
    base::statics::end();
  }
};

// Of two; what was done before both count_downs is seen by who waits.
struct latch_world {
  using op = operation<latch_world>;

  const bool both_count;
  latch l;
  base::plain<int> done_by[2] = {{0}, {0}};

  latch_world(const op& a, const op& b)
      : both_count(a.run == count_down && b.run == count_down), l(both_count ? 2 : 1) {}
  static void wait(latch_world& w, simulated_task& t) {
    if (t.await(w.l.wait())) RL_ASSERT(w.done_by[t.other()] == 1);
  }
  static void try_wait(latch_world& w, simulated_task& t) {
    if (w.l.try_wait()) RL_ASSERT(w.done_by[t.other()] == 1);
  }
  static void count_down(latch_world& w, simulated_task& t) {
    w.done_by[t.index()] = 1;
    w.l.count_down();
    if (w.both_count) try_wait(w, t);
  }
  static constexpr auto operations() {
    return std::array{op{"wait", wait, 1}, op{"try_wait", try_wait},
                      op{"count_down", count_down, 0, 1}};
  }
  void check() {}
};

// S33: both pass, or none, and then its arrival is withdrawn.
struct barrier_world {
  using op = operation<barrier_world>;

  barrier b{2};
  base::plain<int> done_by[2] = {{0}, {0}};
  base::plain<int> passed[2] = {{0}, {0}};
  base::plain<int> last[2] = {{0}, {0}};

  barrier_world(const op&, const op&) { make_lock_of(&b); }
  static void arrive(barrier_world& w, simulated_task& t) {
    w.done_by[t.index()] = 1;
    if (const auto was_last = t.await(w.b.arrive_and_wait())) {
      RL_ASSERT(w.done_by[t.other()] == 1);
      w.passed[t.index()] = 1;
      w.last[t.index()] = *was_last ? 1 : 0;
    }
  }
  static void waiting(barrier_world& w, simulated_task&) { RL_ASSERT(w.b.waiting() <= 1); }
  static constexpr auto operations() {
    return std::array{op{"arrive_and_wait", arrive, 1, 1}, op{"waiting", waiting}};
  }
  void check() {
    RL_ASSERT(b.waiting() == 0);
    RL_ASSERT(passed[0] == passed[1]);
    RL_ASSERT(last[0] + last[1] == passed[0]);
  }
};

}  // namespace

int main() {
  using namespace interleavings;
  return check_pairs<event_world>("event") &&
                 check<event_destroyed_by_its_waiter>("a waiter may destroy the event", 2) &&
                 check_pairs<latch_world>("latch") && check_pairs<barrier_world>("barrier")
             ? 0
             : 1;
}
