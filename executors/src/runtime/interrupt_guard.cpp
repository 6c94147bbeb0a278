// SPDX-License-Identifier: MIT
#include "runtime/interrupt_guard.hpp"

#include <cerrno>

#include <jackdaw/base/handler_slot.hpp>

namespace jackdaw {

namespace {

base::handler_slot<root_base> target_of_signal;  // whom SIGINT is for

void handle(int) noexcept {
  const int saved = errno;
  target_of_signal.use([](root_base& r) { r.poke(); });
  errno = saved;
}

}  // namespace

interrupt_guard::interrupt_guard(root_base& target) noexcept {
  if (!target_of_signal.set(target)) return;
  struct sigaction now{};
  ::sigaction(SIGINT, nullptr, &now);
  active_ = now.sa_handler == SIG_DFL;
  if (!active_) {
    target_of_signal.clear();
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
  target_of_signal.clear();
}

}  // namespace jackdaw
