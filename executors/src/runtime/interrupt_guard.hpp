// SPDX-License-Identifier: MIT
// What SIGINT does while a run waits for its task.
#pragma once

#include <csignal>

#include <jackdaw/structured/root_task.hpp>

namespace jackdaw {

/// While it lives, the first SIGINT pokes `target`, and the next one has its default effect. Does
/// nothing if the program has a handler of its own, or another run has one already; a handler that
/// is installed later comes first.
class interrupt_guard {
 public:
  explicit interrupt_guard(root_base& target) noexcept;
  interrupt_guard(const interrupt_guard&) = delete;
  interrupt_guard& operator=(const interrupt_guard&) = delete;
  ~interrupt_guard();

 private:
  bool active_ = false;
};

}  // namespace jackdaw
