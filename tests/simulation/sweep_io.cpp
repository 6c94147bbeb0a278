// SPDX-License-Identifier: MIT
// Subjects of the sweep: sockets, descriptors, signals. A cancelled operation
// has done nothing, and nothing stays open.
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <jackdaw/io/signal_stream.hpp>
#include <jackdaw/io/tcp_listener.hpp>
#include <jackdaw/io/tcp_stream.hpp>
#include <jackdaw/io/wait_ready.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/time/sleep.hpp>

#include "simulation/sweep.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;

namespace sweep {

namespace {

using connection = std::pair<jd::tcp_stream, jd::tcp_stream>;

jd::task<connection> connected_pair() {
  const auto listener = jd::tcp_listener::bind({"127.0.0.1", 0});
  auto [client, server] =
      co_await jd::gather(jd::tcp_stream::connect(listener.local_endpoint()), listener.accept());
  co_return connection(std::move(client), std::move(server));
}

jd::task<> connect_to(support::tracked, jd::endpoint at) {
  const jd::tcp_stream s = co_await jd::tcp_stream::connect(at);
}
jd::task<> accept_from(support::tracked, const jd::tcp_listener& listener) {
  const jd::tcp_stream s = co_await listener.accept();
}

jd::task<> accept_subject(stage& s) {
  const auto listener = jd::tcp_listener::bind({"127.0.0.1", 0});
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(connect_to, s.token(), listener.local_endpoint());
    co_await s.attacked(accept_from(s.token(), listener));
  });
}

jd::task<> connect_subject(stage& s) {
  const auto listener = jd::tcp_listener::bind({"127.0.0.1", 0});
  co_await s.attacked(connect_to(s.token(), listener.local_endpoint()));
}

constexpr std::array<std::byte, 8> letters{};

/// Bytes that a reader has got, over several reads of which some were attacked.
jd::task<> read_until_end(const jd::tcp_stream& from, std::size_t& got, std::size_t limit) {
  std::array<std::byte, 3> part;
  while (got < limit) {
    const std::size_t n = co_await from.read_some(part);
    if (n == 0) break;
    got += n;
  }
}
jd::task<> write_and_close(jd::tcp_stream& to) {
  co_await to.write_all(letters);
  co_await to.shutdown_write();
}
jd::task<> read_subject(stage& s) {
  connection both = co_await connected_pair();
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(write_and_close, std::ref(both.first));
    std::size_t got = 0;
    co_await s.attacked(read_until_end(both.second, got, 5));
    co_await read_until_end(both.second, got, SIZE_MAX);
    s.expect(got == letters.size(), "a read that was cancelled has taken no byte");
  });
}

jd::task<> write_some(const jd::tcp_stream& to, std::size_t& sent) {
  for (int i = 0; i != 4; ++i) sent += co_await to.write_some(letters);
}
jd::task<> expect_as_many(stage& s, const jd::tcp_stream& from, const std::size_t& sent) {
  std::size_t got = 0;
  co_await read_until_end(from, got, SIZE_MAX);
  s.expect(got == sent, "a write that was cancelled has sent no byte");
}
jd::task<> write_subject(stage& s) {
  connection both = co_await connected_pair();
  std::size_t sent = 0;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(expect_as_many, std::ref(s), std::cref(both.second), std::cref(sent));
    co_await s.attacked(write_some(both.first, sent));
    co_await both.first.shutdown_write();
  });
}

jd::task<> write_twice(stage& s, const jd::tcp_stream& to) {
  const support::tracked mine = s.token();
  const std::array<std::span<const std::byte>, 2> parts{letters, letters};
  co_await to.write_all(parts);
  co_await to.write_all(letters);
}
jd::task<> write_all_subject(stage& s) {
  connection both = co_await connected_pair();
  std::size_t got = 0;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(read_until_end, std::cref(both.second), std::ref(got), SIZE_MAX);
    co_await s.attacked(write_twice(s, both.first));
    co_await both.first.shutdown_write();
  });
}

jd::task<> raise_both(bool& raised) {
  co_await jd::sleep_for(1ms);
  raised = true;
  (void)::raise(SIGUSR1);
  (void)::raise(SIGUSR2);
}
jd::task<> take_signals(support::tracked, jd::signal_stream& from, int& sum) {
  while (sum != SIGUSR1 + SIGUSR2) sum += co_await from.next();
}
jd::task<> signal_subject(stage& s) {
  jd::signal_stream signals{SIGUSR1, SIGUSR2};
  bool raised = false;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(raise_both, std::ref(raised));
    int sum = 0;
    co_await s.attacked(take_signals(s.token(), signals, sum));
    co_await take_signals(s.token(), signals, sum);
    s.expect(raised && sum == SIGUSR1 + SIGUSR2, "each signal is taken once");
  });
}

class both_ends {
 public:
  both_ends() {
    if (::pipe(fds.data()) != 0) throw std::system_error(errno, std::generic_category());
  }
  both_ends(const both_ends&) = delete;
  both_ends& operator=(const both_ends&) = delete;
  ~both_ends() {
    for (const int fd : fds) ::close(fd);
  }
  std::array<int, 2> fds{};
};
jd::task<> write_later(int to) {
  co_await jd::sleep_for(1ms);
  (void)!::write(to, "x", 1);
}
jd::task<> wait_for(support::tracked, int fd) { co_await jd::wait_readable(fd); }
jd::task<> wait_readable_subject(stage& s) {
  const both_ends pipe;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(write_later, pipe.fds[1]);
    co_await s.attacked(wait_for(s.token(), pipe.fds[0]));
    co_await jd::wait_readable(pipe.fds[0]);
  });
}

}  // namespace

const std::vector<subject>& io_subjects() {
  static const std::vector<subject> all{
      {"tcp_accept", accept_subject},
      {"tcp_connect", connect_subject},
      {"tcp_read", read_subject},
      {"tcp_write", write_subject},
      {"tcp_write_all", write_all_subject},
      {"signal_stream", signal_subject},
      {"wait_readable", wait_readable_subject},
  };
  return all;
}

}  // namespace sweep
