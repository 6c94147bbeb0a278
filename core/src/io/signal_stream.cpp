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
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/io/transfer.hpp>

namespace jackdaw {

/// What the handler knows of a stream.
class signal_subscription {
 public:
  // Signals that are wanted, bit n-1 for signal n; 0: free. Written under the lock, read by
  // handlers. seq_cst with `handlers`.
  base::atomic<std::uint64_t> wanted{0};
  // Signals that have come; set by handlers (release), taken by the stream (acquire).
  base::atomic<std::uint64_t> pending{0};
  int fd = -1;  // written before `wanted`
};

namespace {

constexpr int signals_max = 64;
static_assert(base::atomic<std::uint64_t>::is_always_lock_free, "a signal handler uses them");

base::small_mutex lock;  // guards subscribing and unsubscribing; no handler takes it
std::array<signal_subscription, 32> subscriptions;
std::array<struct sigaction, signals_max + 1> former;  // guarded by lock
// Handlers that are running. seq_cst: StoreLoad with `wanted`, so that who unsubscribes either is
// seen or waits.
base::atomic<std::uint32_t> handlers{0};

std::uint64_t bit_of(int signal) noexcept { return std::uint64_t{1} << (signal - 1); }

void handle(int signal) noexcept {
  const int saved = errno;
  handlers.fetch_add(1, std::memory_order_seq_cst);  // partner: retire()
  for (signal_subscription& s : subscriptions) {
    if ((s.wanted.load(std::memory_order_seq_cst) & bit_of(signal)) == 0) continue;
    s.pending.fetch_or(bit_of(signal), std::memory_order_release);  // partner: next()
    const std::uint64_t one = 1;
    (void)!::write(s.fd, &one, sizeof one);
  }
  handlers.fetch_sub(1, std::memory_order_release);  // partner: retire()
  errno = saved;
}

// Under the lock.
bool wanted_by_anyone(int signal) noexcept {
  for (const signal_subscription& s : subscriptions) {
    if ((s.wanted.load(std::memory_order_relaxed) & bit_of(signal)) != 0) return true;
  }
  return false;
}

// Under the lock.
void restore_unwanted(std::uint64_t signals) noexcept {
  for (; signals != 0; signals &= signals - 1) {
    const int signal = std::countr_zero(signals) + 1;
    if (!wanted_by_anyone(signal))
      ::sigaction(signal, &former[static_cast<std::size_t>(signal)], nullptr);
  }
}

// Under the lock.
void catch_signal(int signal) {
  struct sigaction action{};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  if (::sigaction(signal, &action, nullptr) != 0) {
    throw std::invalid_argument("jackdaw: signal " + std::to_string(signal) + " cannot be caught");
  }
}

// Under the lock. A handler that saw the subscription may be about to write to its descriptor,
// which is closed next; it is a few instructions long.
void retire(signal_subscription& s) noexcept {
  restore_unwanted(s.wanted.exchange(0, std::memory_order_seq_cst));  // partner: handle()
  while (handlers.load(std::memory_order_seq_cst) != 0) base::pause();
}

// Under the lock. The subscription first, so that no signal finds the handler without it.
void add(signal_subscription& s, int signal) {
  if (signal < 1 || signal > signals_max) {
    throw std::invalid_argument("jackdaw: there is no signal " + std::to_string(signal));
  }
  const bool caught = wanted_by_anyone(signal);
  if (!caught) ::sigaction(signal, nullptr, &former[static_cast<std::size_t>(signal)]);
  s.wanted.fetch_or(bit_of(signal), std::memory_order_seq_cst);  // partner: handle()
  if (!caught) catch_signal(signal);
}

signal_subscription& subscribe(std::initializer_list<int> signals, int fd) {
  const std::lock_guard guard(lock);
  for (signal_subscription& s : subscriptions) {
    if (s.wanted.load(std::memory_order_relaxed) != 0) continue;  // under the lock
    s.fd = fd;
    s.pending.store(0, std::memory_order_relaxed);  // nobody looks yet
    try {
      for (const int signal : signals) add(s, signal);
    } catch (...) {
      retire(s);
      throw;
    }
    return s;
  }
  throw std::length_error("jackdaw: too many signal streams");
}

void unsubscribe(signal_subscription& s) noexcept {
  const std::lock_guard guard(lock);
  retire(s);
}

}  // namespace

signal_stream::signal_stream(std::initializer_list<int> signals) {
  io::engine& e = io::this_engine();
  counter_ = io::descriptor(e, e.open_counter());
  subscription_ = &subscribe(signals, counter_.get().fd);
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
      subscription_->pending.fetch_and(~lowest, std::memory_order_acq_rel);  // partner: handle()
      co_return std::countr_zero(come) + 1;
    }
    co_await io::transfer<std::size_t>(counter_, nowhere, io::operation::kind::read,
                                       "wait for a signal", bytes);
  }
}

}  // namespace jackdaw
