// SPDX-License-Identifier: MIT
// An awaiter that continues the coroutine on a new thread, and what runs such a coroutine.
#pragma once

#include <thread>

#include "toy_task.hpp"

namespace toy {

struct to_another_thread {
  explicit to_another_thread(std::thread& t) noexcept : thread(t) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const {
    thread = std::thread([h] { h.resume(); });
  }
  void await_resume() const noexcept {}
  std::thread& thread;
};

/// Runs `body(thread)`, which hops to that thread once.
inline bool ran_well_over_threads(task<bool> (*body)(std::thread&)) {
  std::thread thread;
  task<bool> t = body(thread);
  t.start();
  thread.join();
  return t.result();
}

}  // namespace toy
