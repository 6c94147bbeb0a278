// SPDX-License-Identifier: MIT
// Subjects of the sweep: synchronisation. Permits, locks and items are
// conserved.
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/channel.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/sync/mutex.hpp>
#include <jackdaw/sync/semaphore.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

#include "simulation/sweep.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;

namespace sweep {

namespace {

jd::task<> lock_twice(stage& s, jd::mutex& m, int& inside) {
  for (int i = 0; i != 2; ++i) {
    const auto guard = co_await m.lock();
    s.expect(++inside == 1, "a mutex lets one in");
    const at_end leave([&] { --inside; });
    co_await jd::yield();
  }
}
jd::task<> mutex_subject(stage& s) {
  jd::mutex m;
  int inside = 0;
  const at_end check([&] { s.expect(m.try_lock().owns_lock(), "the lock is free in the end"); });
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i != 2; ++i) {
      group.spawn(lock_twice, std::ref(s), std::ref(m), std::ref(inside));
    }
    co_await s.attacked(lock_twice(s, m, inside));
  });
}

jd::task<> hold_permit(stage& s, jd::semaphore& from, int& held) {
  const support::tracked mine = s.token();
  const auto permit = co_await from.acquire();
  s.expect(++held <= 2, "no more permits are held than there are");
  const at_end leave([&] { --held; });
  co_await jd::yield();
}
jd::task<> semaphore_subject(stage& s) {
  jd::semaphore sem(2);
  int held = 0;
  const at_end check([&] { s.expect(sem.available() == 2, "every permit is back in the end"); });
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i != 3; ++i) {
      group.spawn(hold_permit, std::ref(s), std::ref(sem), std::ref(held));
    }
    co_await s.attacked(hold_permit(s, sem, held));
  });
}

jd::task<> wait_for_event(stage& s, jd::event& e) {
  const support::tracked mine = s.token();
  co_await e.wait();
  s.expect(e.is_set(), "who comes back from an event has seen it set");
}
jd::task<> event_subject(stage& s) {
  jd::event e;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i != 2; ++i) group.spawn(wait_for_event, std::ref(s), std::ref(e));
    group.spawn(
        [](jd::event& to_set) -> jd::task<> {
          co_await jd::yield();
          to_set.set();
        },
        std::ref(e));
    co_await s.attacked(wait_for_event(s, e));
  });
}

/// Items that went in and that came out.
struct traffic {
  int sent = 0;
  int received = 0;
};

jd::task<> send_some(jd::channel<int>& to, traffic& t, int first, int count) {
  for (int i = first; i != first + count; ++i) {
    co_await to.send(i);
    t.sent += i;
  }
}
jd::task<> receive_some(jd::channel<int>& from, traffic& t, int count) {
  for (int i = 0; i != count; ++i) {
    const std::optional<int> item = co_await from.receive();
    if (!item.has_value()) co_return;
    t.received += *item;
  }
}
jd::task<> send_and_close(jd::channel<int>& to, traffic& t) {
  const at_end close([&] { to.close(); });
  co_await send_some(to, t, 1, 4);
}

/// Whatever is left in the channel counts as received.
void check_traffic(stage& s, jd::channel<int>& ch, traffic& t) {
  while (const std::optional<int> item = ch.try_receive()) t.received += *item;
  s.expect(t.sent == t.received, "an item that was sent is received once, and no other one");
}

template <std::size_t Capacity>
jd::task<> receive_subject(stage& s) {
  jd::channel<int> ch(Capacity);
  traffic t;
  const at_end check([&] { check_traffic(s, ch, t); });
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(send_and_close, std::ref(ch), std::ref(t));
    co_await s.attacked(receive_some(ch, t, 2));
    co_await receive_some(ch, t, 4);
  });
}

template <std::size_t Capacity>
jd::task<> send_subject(stage& s) {
  jd::channel<int> ch(Capacity);
  traffic t;
  const at_end check([&] { check_traffic(s, ch, t); });
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(receive_some, std::ref(ch), std::ref(t), 8);
    const at_end close([&] { ch.close(); });
    co_await s.attacked(send_some(ch, t, 1, 3));
    co_await send_some(ch, t, 4, 2);
  });
}

}  // namespace

const std::vector<subject>& sync_subjects() {
  static const std::vector<subject> all{
      {"mutex", mutex_subject},
      {"semaphore", semaphore_subject},
      {"event", event_subject},
      {"channel_send", send_subject<1>},
      {"channel_send_rendezvous", send_subject<0>},
      {"channel_receive", receive_subject<1>},
      {"channel_receive_rendezvous", receive_subject<0>},
  };
  return all;
}

}  // namespace sweep
