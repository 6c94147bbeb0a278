// SPDX-License-Identifier: MIT
#include "runtime/interrupt_guard.hpp"

#include <cerrno>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>

namespace jackdaw {

namespace {

static_assert(base::atomic<root_base*>::is_always_lock_free, "a signal handler uses it");

// Whom SIGINT is for; null: nobody. seq_cst with `handlers`.
base::atomic<root_base*> target_of_signal{nullptr};
// Handlers that are running. seq_cst: StoreLoad with the target, so that who takes the target back
// either is seen or waits.
base::atomic<std::uint32_t> handlers{0};

void handle(int) noexcept {
  const int saved = errno;
  handlers.fetch_add(1, std::memory_order_seq_cst);  // partner: the destructor
  if (root_base* const r = target_of_signal.load(std::memory_order_seq_cst)) r->poke();
  handlers.fetch_sub(1, std::memory_order_release);  // partner: the destructor
  errno = saved;
}

}  // namespace

interrupt_guard::interrupt_guard(root_base& target) noexcept {
  root_base* nobody = nullptr;
  // seq_cst: partner: handle()
  if (!target_of_signal.compare_exchange_strong(nobody, &target, std::memory_order_seq_cst,
                                                std::memory_order_relaxed)) {
    return;
  }
  struct sigaction now{};
  ::sigaction(SIGINT, nullptr, &now);
  active_ = now.sa_handler == SIG_DFL;
  if (!active_) {
    target_of_signal.store(nullptr, std::memory_order_seq_cst);
    return;
  }
  struct sigaction action{};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
}

interrupt_guard::~interrupt_guard() {
  if (!active_) return;
  struct sigaction now{};
  ::sigaction(SIGINT, nullptr, &now);
  if (now.sa_handler == handle) {
    now = {};
    now.sa_handler = SIG_DFL;
    ::sigaction(SIGINT, &now, nullptr);
  }
  target_of_signal.store(nullptr, std::memory_order_seq_cst);  // partner: handle()
  // A handler that saw the target may still be at it; it is a few instructions long.
  while (handlers.load(std::memory_order_seq_cst) != 0) base::pause();
}

}  // namespace jackdaw
