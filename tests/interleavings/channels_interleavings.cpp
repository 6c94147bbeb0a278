// SPDX-License-Identifier: MIT
// What carries values, under the model checker: every pair of operations of channel (with and
// without room), oneshot, watch and broadcast.
//
// S31: what was sent is received once or is still there, and its receiver sees what was written
// before the send.
#include <jackdaw/sync/broadcast.hpp>
#include <jackdaw/sync/channel.hpp>
#include <jackdaw/sync/oneshot.hpp>
#include <jackdaw/sync/watch.hpp>

#include "operation_pairs.hpp"

namespace {

using namespace jackdaw;
using interleavings::make_lock_of;
using interleavings::operation;
using interleavings::simulated_task;

// What operations wait for and bring.
constexpr unsigned value = 1;
constexpr unsigned room = 2;

/// Items are the numbers of their senders. What each has written before the send, whether it was
/// sent, and how often it was received.
struct ledger {
  base::plain<int> written[2] = {{0}, {0}};
  base::plain<int> sent[2] = {{0}, {0}};
  base::plain<int> received[2] = {{0}, {0}};

  void receive(std::size_t item) {
    RL_ASSERT(written[item] == 1);
    RL_ASSERT(received[item] == 0);
    received[item] = 1;
  }
  void check() {
    for (std::size_t i = 0; i != 2; ++i) RL_ASSERT(sent[i] == received[i]);
  }
};

template <std::size_t Capacity>
struct channel_world {
  using op = operation<channel_world>;

  channel<std::size_t> ch{Capacity};
  ledger items;

  channel_world(const op&, const op&) { make_lock_of(&ch); }
  static void send(channel_world& w, simulated_task& t) {
    w.items.written[t.index()] = 1;
    std::size_t item = t.index();
    try {
      if (t.await(w.ch.send(std::move(item)))) w.items.sent[t.index()] = 1;
    } catch (const channel_closed&) {
    }
  }
  static void receive(channel_world& w, simulated_task& t) {
    const auto item = t.await(w.ch.receive());
    if (item.has_value() && item->has_value()) w.items.receive(**item);
  }
  static void try_send(channel_world& w, simulated_task& t) {
    w.items.written[t.index()] = 1;
    if (w.ch.try_send(t.index())) w.items.sent[t.index()] = 1;
  }
  static void try_receive(channel_world& w, simulated_task&) {
    if (const auto item = w.ch.try_receive()) w.items.receive(*item);
  }
  static void close(channel_world& w, simulated_task&) { w.ch.close(); }
  static constexpr auto operations() {
    return std::array{op{"send", send, room, value}, op{"receive", receive, value, room},
                      op{"try_send", try_send}, op{"try_receive", try_receive},
                      op{"close", close, 0, room | value}};
  }
  void check() {
    while (const auto item = ch.try_receive()) items.receive(*item);
    items.check();
  }
};

// The two operations of the sending side do not go together.
struct oneshot_world {
  using op = operation<oneshot_world>;

  std::optional<oneshot<base::plain<int>>> o;
  std::optional<scope> calm;
  std::optional<simulated_task> late;
  base::plain<int> sent{0};
  base::plain<int> received{0};

  oneshot_world(const op&, const op&) {
    o.emplace();
    calm.emplace();
    late.emplace(*calm, 0);
  }
  // Whoever has received may destroy it, though the send has not returned.
  static void receive(oneshot_world& w, simulated_task& t) {
    try {
      const auto got = t.await(w.o->receive());
      if (!got.has_value()) return;
      RL_ASSERT(*got == 7);
      w.received = 1;
    } catch (const channel_closed&) {
    }
    w.o.reset();
  }
  static void send(oneshot_world& w, simulated_task&) {
    w.sent = 1;
    w.o->send(7);
  }
  static void close(oneshot_world& w, simulated_task&) { w.o->close(); }
  static constexpr auto operations() {
    return std::array{op{"receive", receive, value, 0, 1}, op{"send", send, 0, value, 2},
                      op{"close", close, 0, value, 2}};
  }
  void check() {
    if (o.has_value() && sent == 1) receive(*this, *late);
    RL_ASSERT(received == sent);
    o.reset();
    late.reset();
    calm.reset();
  }
};

struct watch_world {
  using op = operation<watch_world>;

  watch<std::size_t> w{2};
  watch<std::size_t>::observer observers[2] = {w.observe(), w.observe()};
  base::plain<int> written[2] = {{0}, {0}};

  watch_world(const op&, const op&) { make_lock_of(&w); }
  void see(std::size_t v) { RL_ASSERT(v == 2 || written[v] == 1); }

  static void set(watch_world& w, simulated_task& t) {
    w.written[t.index()] = 1;
    w.w.set(t.index());
  }
  static void get(watch_world& w, simulated_task&) { w.see(w.w.get()); }
  static void changed(watch_world& w, simulated_task& t) {
    const auto got = t.await(w.observers[t.index()].changed());
    if (got.has_value() && got->has_value()) {
      RL_ASSERT(**got != 2);
      w.see(**got);
    }
  }
  static void close(watch_world& w, simulated_task&) { w.w.close(); }
  static constexpr auto operations() {
    return std::array{op{"set", set, 0, value}, op{"get", get}, op{"changed", changed, value},
                      op{"close", close, 0, value}};
  }
  void check() { w.close(); }
};

struct broadcast_world {
  using op = operation<broadcast_world>;

  broadcast<std::size_t> b{2};
  broadcast<std::size_t>::subscription subscriptions[2] = {b.subscribe(), b.subscribe()};
  ledger items;

  broadcast_world(const op&, const op&) {}

  static void send(broadcast_world& w, simulated_task& t) {
    w.items.written[t.index()] = 1;
    try {
      w.b.send(t.index());
      w.items.sent[t.index()] = 1;
    } catch (const channel_closed&) {
    }
  }
  static void receive(broadcast_world& w, simulated_task& t) {
    const auto item = t.await(w.subscriptions[t.index()].receive());
    if (item.has_value() && item->has_value()) RL_ASSERT(w.items.written[**item] == 1);
  }
  static void close(broadcast_world& w, simulated_task&) { w.b.close(); }
  static constexpr auto operations() {
    return std::array{op{"send", send, 0, value}, op{"receive", receive, value},
                      op{"close", close, 0, value}};
  }
  void check() { b.close(); }
};

}  // namespace

int main() {
  using namespace interleavings;
  return check_pairs<channel_world<0>>("channel without room") &&
                 check_pairs<channel_world<1>>("channel") &&
                 check_pairs<oneshot_world>("oneshot") && check_pairs<watch_world>("watch") &&
                 check_pairs<broadcast_world>("broadcast")
             ? 0
             : 1;
}
