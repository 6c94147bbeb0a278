// SPDX-License-Identifier: MIT
// tcp_stream::connect by host name: Happy Eyeballs (RFC 8305).
#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <system_error>
#include <vector>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/io/resolver.hpp>
#include <jackdaw/io/tcp_stream.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/yield.hpp>

namespace jackdaw {

namespace {

constexpr std::chrono::milliseconds head_start{250};

struct attempt {
  endpoint to;
  event begun;
  event failed;
  std::exception_ptr error;
};

/// The families in turn, beginning with that of the first address.
std::vector<endpoint> in_turn(const std::vector<endpoint>& all) {
  std::vector<endpoint> first;
  std::vector<endpoint> second;
  for (const endpoint& e : all) (e.family() == all.front().family() ? first : second).push_back(e);
  std::vector<endpoint> mixed;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  return mixed;
}

task<> wait_for_failure(attempt& of) { co_await of.failed.wait(); }

struct contest {
  task_group* attempts = nullptr;
  base::atomic<bool> won{
      false};         // set by the first to connect; relaxed, for the join orders what follows
  tcp_stream winner;  // written by whoever set it
};

/// Begins when the attempt before it has failed, or has had its head start.
task<> try_in_turn(contest& all, attempt* before, attempt& own) {
  if (before != nullptr) {
    co_await before->begun.wait();
    co_await move_on_after(head_start, wait_for_failure(*before));
  }
  own.begun.set();
  try {
    tcp_stream connected = co_await tcp_stream::connect(own.to);
    if (all.won.exchange(true, std::memory_order_relaxed)) co_return;
    all.winner = std::move(connected);
    all.attempts->cancel("another address has answered");
  } catch (const std::system_error&) {
    own.error = std::current_exception();
    own.failed.set();
  }
}

}  // namespace

task<tcp_stream> tcp_stream::connect(std::string host, std::uint16_t port) {
  const std::vector<endpoint> addresses =
      in_turn(co_await resolver().resolve(std::move(host), port));
  const auto attempts = std::make_unique<attempt[]>(addresses.size());
  for (std::size_t i = 0; i < addresses.size(); ++i) attempts[i].to = addresses[i];
  contest all;
  auto body = [&](task_group& group) -> task<> {
    all.attempts = &group;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      group.spawn(try_in_turn, std::ref(all), i == 0 ? nullptr : &attempts[i - 1],
                  std::ref(attempts[i]));
    }
    co_return;
  };
  co_await with_task_group(body);
  if (all.winner) co_return std::move(all.winner);
  co_await checkpoint();  // attempts that were cancelled before they began have no error
  std::rethrow_exception(attempts[0].error);
}

}  // namespace jackdaw
