// SPDX-License-Identifier: MIT
// Sockets inside a simulation: the same code as over the kernel's, with a latency and with faults.
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <system_error>
#include <vector>

#include <gtest/gtest.h>
#include <jackdaw/executors/simulation.hpp>
#include <jackdaw/io/serve.hpp>
#include <jackdaw/io/tcp_listener.hpp>
#include <jackdaw/io/tcp_stream.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/time/sleep.hpp>

#include "support/errors.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;

namespace {

using bytes = std::vector<std::byte>;

bytes numbered(std::size_t n) {
  bytes all(n);
  for (std::size_t i = 0; i != n; ++i) all[i] = static_cast<std::byte>(i * 31 % 251);
  return all;
}

jd::task<bytes> read_everything(jd::tcp_stream& from) {
  bytes all;
  std::array<std::byte, 700> part;
  for (;;) {
    const std::size_t n = co_await from.read_some(part);
    if (n == 0) break;
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(n));
  }
  co_return all;
}

jd::task<> echo_once(const jd::tcp_listener& listener) {
  jd::tcp_stream peer = co_await listener.accept();
  const bytes all = co_await read_everything(peer);
  co_await peer.write_all(all);
}

jd::task<bytes> ask(jd::endpoint server, const bytes& question) {
  jd::tcp_stream s = co_await jd::tcp_stream::connect(server);
  co_await s.write_all(question);
  co_await s.shutdown_write();
  bytes answer = co_await read_everything(s);
  co_return answer;
}

/// The error number of an outcome, 0 for a value.
template <class T>
int error_number(const jd::outcome<T>& o) {
  const auto* e = support::as<std::system_error>(o.error());
  return e != nullptr ? e->code().value() : 0;
}

TEST(simulated_network, delivers_every_byte_in_order_whatever_the_seed) {
  for (std::uint64_t seed = 0; seed != 100; ++seed) {
    jd::simulation sim({.seed = seed, .network = {.buffer = 3000, .short_transfers = 0.5}});
    const bytes question = numbered(20'000);
    const auto body = [&]() -> jd::task<bytes> {
      const auto listener = jd::tcp_listener::bind({"127.0.0.1", 0});
      auto [done, answer] =
          co_await jd::gather(echo_once(listener), ask(listener.local_endpoint(), question));
      co_return answer;
    };
    EXPECT_EQ(sim.run(body()), question) << "seed " << seed;
  }
}

TEST(simulated_network, takes_time_and_no_more_than_it_was_told) {
  jd::simulation sim({.network = {.latency_min = 10ms, .latency_max = 10ms, .short_transfers = 0}});
  const bytes question = numbered(100);
  const auto body = [&]() -> jd::task<> {
    const auto listener = jd::tcp_listener::bind({"127.0.0.1", 0});
    const auto begin = jd::clock::now();
    co_await jd::gather(echo_once(listener), ask(listener.local_endpoint(), question));
    EXPECT_EQ(jd::clock::now() - begin, 40ms) << "a handshake, a question and an answer";
  };
  sim.run(body());
}

TEST(simulated_network, refuses_where_nobody_listens_and_where_the_seed_says_so) {
  jd::simulation sim({.network = {.refusals = 1}});
  const auto body = []() -> jd::task<> {
    auto nobody = co_await jd::settle(jd::tcp_stream::connect({"127.0.0.1", 9}));
    EXPECT_EQ(error_number(nobody), ECONNREFUSED);
    const auto listener = jd::tcp_listener::bind({"127.0.0.1", 0});
    auto by_seed = co_await jd::settle(jd::tcp_stream::connect(listener.local_endpoint()));
    EXPECT_EQ(error_number(by_seed), ECONNREFUSED);
  };
  sim.run(body());
}

TEST(simulated_network, a_port_is_taken_once) {
  jd::simulation sim;
  const auto body = []() -> jd::task<> {
    const auto first = jd::tcp_listener::bind({"127.0.0.1", 80});
    EXPECT_THROW((void)jd::tcp_listener::bind({"127.0.0.1", 80}), std::system_error);
    EXPECT_THROW((void)jd::tcp_listener::bind({"0.0.0.0", 80}), std::system_error);
    const auto other = jd::tcp_listener::bind({"127.0.0.2", 80});
    co_return;
  };
  sim.run(body());
}

TEST(simulated_network, resets_connections_by_the_seed_and_both_sides_learn_of_it) {
  int broken = 0;
  int whole = 0;
  for (std::uint64_t seed = 0; seed != 100; ++seed) {
    jd::simulation sim({.seed = seed, .network = {.resets = 0.5}});
    const bytes question = numbered(30'000);
    const auto body = [&]() -> jd::task<> {
      const auto listener = jd::tcp_listener::bind({"127.0.0.1", 0});
      auto [served, answer] = co_await jd::gather_settled(echo_once(listener),
                                                          ask(listener.local_endpoint(), question));
      ++(answer.has_value() ? whole : broken);
      if (answer.has_value()) co_return;
      const int error = error_number(answer);
      EXPECT_TRUE(error == ECONNRESET || error == EPIPE) << error;
    };
    sim.run(body());
  }
  EXPECT_GT(broken, 10);
  EXPECT_GT(whole, 10);
}

TEST(simulated_network, closing_with_unread_data_resets_the_peer) {
  jd::simulation sim;
  const auto body = []() -> jd::task<> {
    const auto listener = jd::tcp_listener::bind({"127.0.0.1", 0});
    jd::tcp_stream client = co_await jd::tcp_stream::connect(listener.local_endpoint());
    jd::tcp_stream server = co_await listener.accept();
    co_await client.write_all(numbered(10));
    co_await jd::sleep_for(1s);
    co_await server.close();
    co_await jd::sleep_for(1s);
    std::array<std::byte, 1> one;
    auto got = co_await jd::settle(client.read_some(one));
    EXPECT_EQ(error_number(got), ECONNRESET);
  };
  sim.run(body());
}

TEST(simulated_network, operations_end_at_a_close_and_are_cancelled_at_a_timeout) {
  jd::simulation sim;
  const auto body = []() -> jd::task<> {
    auto listener = jd::tcp_listener::bind({"127.0.0.1", 0});
    const auto late = co_await jd::move_on_after(1s, listener.accept());
    EXPECT_FALSE(late.has_value());
    const auto closing = [](const jd::tcp_listener& l) -> jd::task<> {
      co_await jd::sleep_for(1s);
      l.close();
    };
    auto [accepted, closed] = co_await jd::gather_settled(listener.accept(), closing(listener));
    EXPECT_EQ(error_number(accepted), ECANCELED);
  };
  sim.run(body());
}

TEST(simulated_network, one_operation_per_direction) {
  jd::simulation sim;
  const auto body = []() -> jd::task<> {
    auto listener = jd::tcp_listener::bind({"127.0.0.1", 0});
    auto [first, second] =
        co_await jd::gather_settled(jd::timeout{1s}, listener.accept(), listener.accept());
    EXPECT_EQ(error_number(first) + error_number(second), EBUSY);
  };
  sim.run(body());
}

TEST(simulated_network, a_server_serves_many_clients_unchanged) {
  for (std::uint64_t seed = 0; seed != 20; ++seed) {
    jd::simulation sim({.seed = seed});
    const bytes question = numbered(3000);
    int answered = 0;
    const auto handler = [](jd::tcp_stream stream) -> jd::task<> {
      const bytes all = co_await read_everything(stream);
      co_await stream.write_all(all);
    };
    const auto client = [&](jd::endpoint at) -> jd::task<> {
      const bytes answer = co_await ask(at, question);
      if (answer == question) ++answered;
    };
    const auto body = [&]() -> jd::task<> {
      auto listener = jd::tcp_listener::bind({"127.0.0.1", 0});
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        group.spawn([&]() -> jd::task<> {
          co_await jd::serve(listener, handler, jd::serve_options{.max_connections = 3});
        });
        co_await jd::with_task_group([&](jd::task_group& clients) -> jd::task<> {
          for (int i = 0; i != 10; ++i) clients.spawn(client, listener.local_endpoint());
          co_return;
        });
        listener.close();
      });
    };
    sim.run(body());
    EXPECT_EQ(answered, 10) << "seed " << seed;
  }
}

}  // namespace
