// SPDX-License-Identifier: MIT
// Subjects of the sweep: where tasks wait for what others do.
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/barrier.hpp>
#include <jackdaw/sync/broadcast.hpp>
#include <jackdaw/sync/capacity_limiter.hpp>
#include <jackdaw/sync/condition_variable.hpp>
#include <jackdaw/sync/latch.hpp>
#include <jackdaw/sync/mutex.hpp>
#include <jackdaw/sync/oneshot.hpp>
#include <jackdaw/sync/shared_mutex.hpp>
#include <jackdaw/sync/watch.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

#include "simulation/sweep.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;

namespace sweep {

namespace {

struct guarded_flag {
  jd::mutex m;
  jd::condition_variable changed;
  bool set = false;
};
jd::task<> wait_for_flag(stage& s, guarded_flag& f) {
  auto guard = co_await f.m.lock();
  const at_end check([&] { s.expect(guard.owns_lock(), "a condition's waiter holds the mutex"); });
  co_await f.changed.wait(guard, [&] { return f.set; });
  s.expect(f.set, "a condition's waiter comes back when it holds");
}
jd::task<> set_flag(guarded_flag& f) {
  co_await jd::yield();
  const auto guard = co_await f.m.lock();
  f.set = true;
  f.changed.notify_all();
}
jd::task<> condition_subject(stage& s) {
  guarded_flag f;
  const at_end check([&] { s.expect(f.m.try_lock().owns_lock(), "the lock is free in the end"); });
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i != 2; ++i) group.spawn(wait_for_flag, std::ref(s), std::ref(f));
    group.spawn(set_flag, std::ref(f));
    co_await s.attacked(wait_for_flag(s, f));
  });
}

/// A notification must reach one of those that go on.
struct tickets {
  jd::mutex m;
  jd::condition_variable more;
  int left = 0;
  int taken = 0;
};
jd::task<> take_ticket(tickets& t) {
  auto guard = co_await t.m.lock();
  while (t.left == 0) co_await t.more.wait(guard);
  --t.left;
  ++t.taken;
}
jd::task<> give_tickets(tickets& t, int n) {
  for (int i = 0; i != n; ++i) {
    co_await jd::sleep_for(1ms);
    const auto guard = co_await t.m.lock();
    ++t.left;
    t.more.notify_one();
  }
}
jd::task<> notify_one_subject(stage& s) {
  tickets t;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i != 2; ++i) group.spawn(take_ticket, std::ref(t));
    group.spawn(give_tickets, std::ref(t), 3);
    co_await s.attacked(take_ticket(t));
  });
}

struct shared_state {
  jd::shared_mutex m;
  int readers = 0;
  int writers = 0;
};
jd::task<> read_shared(stage& s, shared_state& x) {
  const auto guard = co_await x.m.lock_shared();
  ++x.readers;
  const at_end leave([&] { --x.readers; });
  s.expect(x.writers == 0, "nobody reads while somebody writes");
  co_await jd::yield();
}
jd::task<> write_shared(stage& s, shared_state& x) {
  const auto guard = co_await x.m.lock();
  s.expect(++x.writers == 1 && x.readers == 0, "who writes is alone");
  const at_end leave([&] { --x.writers; });
  co_await jd::yield();
}
template <jd::task<> (*Attacked)(stage&, shared_state&)>
jd::task<> shared_mutex_subject(stage& s) {
  shared_state x;
  const at_end check([&] { s.expect(x.m.try_lock().owns_lock(), "the lock is free in the end"); });
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i != 2; ++i) {
      group.spawn(read_shared, std::ref(s), std::ref(x));
      group.spawn(write_shared, std::ref(s), std::ref(x));
    }
    co_await s.attacked(Attacked(s, x));
  });
}

jd::task<> wait_for_latch(jd::latch& l) { co_await l.wait(); }
jd::task<> count_down(jd::latch& l) {
  co_await jd::yield();
  l.count_down();
}
jd::task<> latch_subject(stage& s) {
  jd::latch l(2);
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i != 2; ++i) group.spawn(count_down, std::ref(l));
    group.spawn(wait_for_latch, std::ref(l));
    co_await s.attacked(wait_for_latch(l));
  });
}

jd::task<> meet(jd::barrier& b, int& met) {
  co_await b.arrive_and_wait();
  ++met;
}
jd::task<> barrier_subject(stage& s) {
  jd::barrier b(2);
  int met = 0;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(
        [](jd::barrier& at, int& n) -> jd::task<> {
          co_await jd::sleep_for(5ms);
          co_await meet(at, n);
        },
        std::ref(b), std::ref(met));
    co_await s.attacked(meet(b, met));
    if (met == 0) co_await meet(b, met);  // it was taken back: somebody else has to come
  });
  s.expect(b.waiting() == 0, "who was taken back does not count");
}

jd::task<> borrow(stage& s, jd::capacity_limiter& from, int& lent) {
  const auto token = co_await from.acquire();
  s.expect(++lent <= 2, "no more tokens are lent than there are");
  const at_end leave([&] { --lent; });
  co_await jd::yield();
}
jd::task<> limiter_subject(stage& s) {
  jd::capacity_limiter limit(2);
  int lent = 0;
  const at_end check([&] { s.expect(limit.borrowed_tokens() == 0, "every token is back"); });
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i != 3; ++i) group.spawn(borrow, std::ref(s), std::ref(limit), std::ref(lent));
    co_await s.attacked(borrow(s, limit, lent));
  });
}

jd::task<> receive_once(jd::oneshot<int>& from, int& got) { got = co_await from.receive(); }
jd::task<> oneshot_subject(stage& s) {
  jd::oneshot<int> o;
  int got = 0;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(
        [](jd::oneshot<int>& to) -> jd::task<> {
          co_await jd::yield();
          to.send(9);
        },
        std::ref(o));
    co_await s.attacked(receive_once(o, got));
    if (got == 0) co_await receive_once(o, got);
    s.expect(got == 9, "a receive that was cancelled has left the value");
  });
}

jd::task<> add_items(jd::broadcast<int>::subscription& from, int& sum, int count) {
  for (int i = 0; i != count; ++i) {
    const std::optional<int> item = co_await from.receive();
    if (!item.has_value()) co_return;
    sum += *item;
  }
}
jd::task<> broadcast_subject(stage& s) {
  jd::broadcast<int> b(8);
  auto mine = b.subscribe();
  int sum = 0;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(
        [](jd::broadcast<int>& to) -> jd::task<> {
          for (int i = 1; i != 5; ++i) {
            to.send(i);
            co_await jd::yield();
          }
          to.close();
        },
        std::ref(b));
    co_await s.attacked(add_items(mine, sum, 2));
    co_await add_items(mine, sum, 5);
    s.expect(sum == 10, "a subscriber gets every item once");
  });
}

jd::task<> follow(jd::watch<int>::observer& from, int& last) {
  while (const std::optional<int> now = co_await from.changed()) last = *now;
}
jd::task<> watch_subject(stage& s) {
  jd::watch<int> w(0);
  auto mine = w.observe();
  int last = 0;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(
        [](jd::watch<int>& to) -> jd::task<> {
          for (int i = 1; i != 4; ++i) {
            to.set(i);
            co_await jd::yield();
          }
          to.close();
        },
        std::ref(w));
    co_await s.attacked(follow(mine, last));
    co_await follow(mine, last);
    s.expect(last == 3, "an observer sees the last value");
  });
}

}  // namespace

const std::vector<subject>& meeting_subjects() {
  static const std::vector<subject> all{
      {"condition_variable", condition_subject},
      {"condition_notify_one", notify_one_subject},
      {"shared_mutex_reader", shared_mutex_subject<read_shared>},
      {"shared_mutex_writer", shared_mutex_subject<write_shared>},
      {"latch", latch_subject},
      {"barrier", barrier_subject},
      {"capacity_limiter", limiter_subject},
      {"oneshot", oneshot_subject},
      {"broadcast", broadcast_subject},
      {"watch", watch_subject},
  };
  return all;
}

}  // namespace sweep
