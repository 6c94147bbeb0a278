// SPDX-License-Identifier: MIT
#include <jackdaw/io/signal_stream.hpp>

#include <unistd.h>
#include <csignal>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/handler_slot.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/io/transfer.hpp>

namespace jackdaw {

namespace {

constexpr int signals_max = 64;

std::uint64_t bit_of(int signal) noexcept { return std::uint64_t{1} << (signal - 1); }

// Bit n-1 for signal n.
std::uint64_t set_of(std::initializer_list<int> signals) {
  std::uint64_t set = 0;
  for (const int signal : signals) {
    if (signal < 1 || signal > signals_max) {
      throw std::invalid_argument("jackdaw: there is no signal " + std::to_string(signal));
    }
    set |= bit_of(signal);
  }
  return set;
}

}  // namespace

/// What the handler knows of a stream.
class signal_subscription {
 public:
  signal_subscription(std::uint64_t wanted_set, int event_fd) noexcept
      : wanted(wanted_set), fd(event_fd) {}

  const std::uint64_t wanted;
  const int fd;
  // Signals that have come; set by handlers (release), taken by the stream (acquire): what was done
  // before a signal was sent happens before the return of next().
  base::atomic<std::uint64_t> pending{0};
};

namespace {

static_assert(base::atomic<std::uint64_t>::is_always_lock_free, "a signal handler uses them");

base::small_mutex lock;  // guards subscribing and unsubscribing; no handler takes it
std::array<base::handler_slot<signal_subscription>, 32> subscriptions;
std::array<struct sigaction, signals_max + 1> former;  // guarded by lock

void handle(int signal) noexcept {
  const int saved = errno;
  for (auto& slot : subscriptions) {
    slot.use([signal](signal_subscription& s) {
      if ((s.wanted & bit_of(signal)) == 0) return;
      s.pending.fetch_or(bit_of(signal), std::memory_order_release);  // partner: next()
      const std::uint64_t one = 1;
      (void)!::write(s.fd, &one, sizeof one);
    });
  }
  errno = saved;
}

// Under the lock.
std::uint64_t wanted_by_anyone() noexcept {
  std::uint64_t wanted = 0;
  for (const auto& slot : subscriptions) {
    if (const signal_subscription* const s = slot.get()) wanted |= s->wanted;
  }
  return wanted;
}

template <class F>
void for_each_signal(std::uint64_t set, F f) {
  for (; set != 0; set &= set - 1) f(std::countr_zero(set) + 1);
}

struct sigaction& former_of(int signal) noexcept {
  return former[static_cast<std::size_t>(signal)];
}

// Under the lock.
void restore(std::uint64_t set) noexcept {
  for_each_signal(set, [](int signal) { ::sigaction(signal, &former_of(signal), nullptr); });
}

// Under the lock: all of them, or none and an exception.
void catch_signals(std::uint64_t set) {
  struct sigaction action{};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  std::uint64_t caught = 0;
  for_each_signal(set, [&](int signal) {
    if (::sigaction(signal, &action, &former_of(signal)) != 0) {
      restore(caught);
      throw std::invalid_argument("jackdaw: signal " + std::to_string(signal) +
                                  " cannot be caught");
    }
    caught |= bit_of(signal);
  });
}

// The subscription first, so that no signal finds the handler without it.
void subscribe(signal_subscription& s) {
  const std::lock_guard guard(lock);
  const std::uint64_t caught_already = wanted_by_anyone();
  for (auto& slot : subscriptions) {
    if (!slot.set(s)) continue;
    try {
      return catch_signals(s.wanted & ~caught_already);
    } catch (...) {
      slot.clear();
      throw;
    }
  }
  throw std::length_error("jackdaw: too many signal streams");
}

// A handler that saw the subscription may be about to write to its descriptor, which is closed
// next.
void unsubscribe(signal_subscription& s) noexcept {
  const std::lock_guard guard(lock);
  for (auto& slot : subscriptions) {
    if (slot.get() == &s) slot.clear();
  }
  restore(s.wanted & ~wanted_by_anyone());
}

}  // namespace

signal_stream::signal_stream(std::initializer_list<int> signals) {
  io::engine& e = io::this_engine();
  counter_ = io::descriptor(e, e.open_counter());
  subscription_ = std::make_unique<signal_subscription>(set_of(signals), counter_.get().fd);
  subscribe(*subscription_);
}

signal_stream::~signal_stream() { unsubscribe(*subscription_); }

task<int> signal_stream::next() {
  task_context& me = co_await base::this_context();
  if (me.current->effective()) throw cancelled(me.current->effective_reason());
  const endpoint nowhere;
  for (;;) {
    std::uint64_t count = 0;
    const auto bytes = std::as_writable_bytes(std::span(&count, 1));
    const std::uint64_t come =
        subscription_->pending.load(std::memory_order_acquire);  // partner: handle()
    if (come != 0) {
      const std::uint64_t lowest = come & (~come + 1);
      subscription_->pending.fetch_and(~lowest, std::memory_order_relaxed);  // seen above
      co_return std::countr_zero(come) + 1;
    }
    co_await io::transfer<std::size_t>(counter_, nowhere, io::operation::kind::read,
                                       "wait for a signal", bytes);
  }
}

}  // namespace jackdaw
