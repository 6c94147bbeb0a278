// SPDX-License-Identifier: MIT
// tcp_stream::connect by host name: Happy Eyeballs (RFC 8305).
#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include <jackdaw/io/resolver.hpp>
#include <jackdaw/io/tcp_stream.hpp>
#include <jackdaw/structured/race.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/sync/event.hpp>

namespace jackdaw {

namespace {

constexpr std::chrono::milliseconds head_start{250};

struct attempt {
  endpoint to;
  event begun;
  event failed;
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

/// Begins when the attempt before it has failed, or has had its head start.
task<tcp_stream> try_in_turn(attempt* before, attempt& own) {
  if (before != nullptr) {
    co_await before->begun.wait();
    co_await move_on_after(head_start, wait_for_failure(*before));
  }
  own.begun.set();
  try {
    co_return co_await tcp_stream::connect(own.to);
  } catch (...) {
    own.failed.set();
    throw;
  }
}

}  // namespace

task<tcp_stream> tcp_stream::connect(std::string host, std::uint16_t port) {
  const std::vector<endpoint> addresses = in_turn(co_await resolver().resolve(std::move(host), port));
  const auto attempts = std::make_unique<attempt[]>(addresses.size());
  std::vector<task<tcp_stream>> tries;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    attempts[i].to = addresses[i];
    tries.push_back(try_in_turn(i == 0 ? nullptr : &attempts[i - 1], attempts[i]));
  }
  std::exception_ptr error;
  try {
    auto winner = co_await first_success(std::move(tries));
    co_return std::move(winner.value);
  } catch (const exception_group& all) {
    error = all.exceptions().front();
  }
  std::rethrow_exception(error);
}

}  // namespace jackdaw
