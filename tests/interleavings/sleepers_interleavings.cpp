// SPDX-License-Identifier: MIT
// work_stealing::sleepers with run queues and parkers under the model checker: no wake-up is lost.
//
// The producer pushes and then never looks at its queue again, as a worker does that goes on to run
// a long task. If a wake-up is lost, workers sleep beside work for ever, and the checker reports a
// deadlock.
#include "work_stealing/sleepers.hpp"

#include "check.hpp"
#include "payload.hpp"
#include "work_stealing/parker.hpp"
#include "work_stealing/run_queue.hpp"

namespace {

using jackdaw::work;
using jackdaw::work_stealing::injector;
using jackdaw::work_stealing::parker;
using jackdaw::work_stealing::sleepers;

// A pool of `Workers` workers that follow the rules at the head of sleepers, and producers. A
// producer that pushes to a ring is a worker too, one that never sleeps; it is counted by whoever
// makes the pool.
template <unsigned Workers, unsigned Works>
struct pool {
  using ring = jackdaw::work_stealing::basic_run_queue < Works<3 ? 2 : 4>;

  explicit pool(std::uint32_t workers = Workers) : asleep(workers) {}

  void wake(std::uint32_t worker) {
    if (worker != sleepers::nobody) seats[worker].unpark();
  }

  void push_to_ring(payload& w) {
    w.prepare();
    RL_ASSERT(produced.push(w));
    wake(asleep.worker_to_wake());
  }
  void push_to_injector(payload& w) {
    w.prepare();
    foreign.push(w);
    wake(asleep.worker_to_wake_from_outside());
  }

  [[nodiscard]] bool something_to_do() const {
    for (const ring& r : own) {
      if (!r.empty_hint()) return true;
    }
    return !foreign.empty_hint() || !produced.empty_hint();
  }

  work* find(unsigned worker) {
    if (work* const w = foreign.pop()) return w;
    if (work* const w = produced.steal_into(own[worker])) return w;
    for (unsigned other = 0; other != Workers; ++other) {
      if (other == worker) continue;
      if (work* const w = own[other].steal_into(own[worker])) return w;
    }
    return nullptr;
  }

  /// Sleeps as the rules say; returns whether the worker is a searcher afterwards.
  bool sleep(unsigned worker, bool searching) {
    const bool look_again = asleep.announce_sleep(worker, searching);
    if (!(look_again && something_to_do())) seats[worker].park();
    return !asleep.cancel_sleep(worker);
  }

  void end_search() {
    using enum sleepers::succession;
    const sleepers::succession next = asleep.stop_searching();
    if (next == needed || (next == if_more_is_left && !foreign.empty_hint()))
      wake(asleep.worker_to_wake());
  }

  /// The worker's loop until it has found one piece of work.
  work* next(unsigned worker) {
    bool searching = false;
    for (;;) {
      if (!searching) searching = asleep.try_start_searching();
      if (searching) {
        if (work* const w = find(worker)) {
          end_search();
          return w;
        }
      }
      searching = sleep(worker, searching);
    }
  }

  sleepers asleep;
  parker seats[Workers];
  ring produced;
  ring own[Workers];
  injector foreign;
  payload works[Works];
};

// One worker, one push: the producer's unfenced publication against the worker's announcement.
template <bool Foreign>
struct push_against_sleep : rl::test_suite<push_against_sleep<Foreign>, 2> {
  pool<1, 1> all{Foreign ? 1 : 2};  // the last one awake pays for no barrier

  void thread(unsigned index) {
    if (index == 1) {
      take_if_any(all.next(0));
    } else if (Foreign) {
      all.push_to_injector(all.works[0]);
    } else {
      all.push_to_ring(all.works[0]);
    }
  }
  void after() { RL_ASSERT(all.works[0].taken == 1); }
};

// Two works that wait for each other: both workers must get one, so the second must be woken too,
// though the producer may have seen a searcher and woken nobody.
struct each_worker_gets_one : rl::test_suite<each_worker_gets_one, 3> {
  pool<2, 2> all{3};
  parker meeting[2];

  void thread(unsigned index) {
    if (index == 2) {
      for (payload& w : all.works) all.push_to_ring(w);
      return;
    }
    take_if_any(all.next(index));
    meeting[1 - index].unpark();
    meeting[index].park();
  }
  void after() {
    for (payload& w : all.works) RL_ASSERT(w.taken == 1);
  }
};

// The same with one work from a worker's ring and one from a foreign thread.
struct two_producers : rl::test_suite<two_producers, 4> {
  pool<2, 2> all{3};
  parker meeting[2];

  void thread(unsigned index) {
    if (index == 2) {
      all.push_to_ring(all.works[0]);
    } else if (index == 3) {
      all.push_to_injector(all.works[1]);
    } else {
      take_if_any(all.next(index));
      meeting[1 - index].unpark();
      meeting[index].park();
    }
  }
  void after() {
    for (payload& w : all.works) RL_ASSERT(w.taken == 1);
  }
};

// Two foreign threads, while one worker sleeps and the other one searches or falls asleep: the
// second push may find a searcher who takes the first, with nobody else awake to see the second.
struct two_foreign_producers : rl::test_suite<two_foreign_producers, 4> {
  pool<2, 2> all;
  parker meeting[2];

  void thread(unsigned index) {
    if (index >= 2) return all.push_to_injector(all.works[index - 2]);
    take_if_any(all.next(index));
    meeting[1 - index].unpark();
    meeting[index].park();
  }
  void after() {
    for (payload& w : all.works) RL_ASSERT(w.taken == 1);
  }
};

// A thief takes two of three works, the producer the third. The thief runs one; the other, in its
// ring, must be found by the second worker, who may have looked while the works were on their way.
struct thief_takes_two : rl::test_suite<thief_takes_two, 3> {
  pool<2, 3> all{4};  // as if of four workers, so that both may search at once
  parker meeting[2];

  void thread(unsigned index) {
    if (index == 2) {
      for (payload& w : all.works) {
        w.prepare();
        RL_ASSERT(all.produced.push(w));
      }
      all.wake(all.asleep.worker_to_wake());
      take_if_any(all.produced.pop());
      return;
    }
    take_if_any(all.next(index));
    meeting[1 - index].unpark();
    meeting[index].park();
  }
};

// The last worker awake falls asleep while one that was asleep is woken by an event, pushes, and
// never looks at its queue again.
struct event_against_last_sleep : rl::test_suite<event_against_last_sleep, 2> {
  pool<2, 1> all;

  void before() { RL_ASSERT(all.asleep.announce_sleep(1, false)); }
  void thread(unsigned index) {
    if (index == 0) {
      take_if_any(all.next(0));
    } else {
      (void)all.asleep.cancel_sleep(1);
      all.push_to_ring(all.works[0]);
    }
  }
  void after() { RL_ASSERT(all.works[0].taken == 1); }
};

}  // namespace

int main() {
  using interleavings::check;
  using interleavings::check_randomly;
  return check<push_against_sleep<false>>("a push to a ring wakes a worker that falls asleep") &&
                 check<push_against_sleep<true>>(
                     "a foreign push wakes a worker that falls asleep") &&
                 check<event_against_last_sleep>(
                     "a worker that an event has woken wakes one that falls asleep") &&
                 check_randomly<each_worker_gets_one>(
                     "two works of one producer keep two workers busy") &&
                 check_randomly<two_producers>("works of two producers keep two workers busy") &&
                 check_randomly<two_foreign_producers>(
                     "works of two foreign threads keep two workers busy") &&
                 check_randomly<thief_takes_two>("what a thief moved to its ring is not left lying")
             ? 0
             : 1;
}
