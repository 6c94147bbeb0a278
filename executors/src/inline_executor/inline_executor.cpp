// SPDX-License-Identifier: MIT
#include <jackdaw/executors/inline_executor.hpp>

#include <utility>

namespace jackdaw {

namespace {

// What was submitted from inside of work that this thread is running, to whichever inline executor.
struct pending_work {
  bool running = false;
  work* first = nullptr;
  work* last = nullptr;
};

// Out of line: work may be a coroutine that goes on on another thread.
[[gnu::noinline]] pending_work& pending() noexcept {
  static thread_local constinit pending_work mine;
  return mine;
}

}  // namespace

void inline_executor::submit(work& w) noexcept {
  pending_work& here = pending();
  w.next = nullptr;
  (here.last != nullptr ? here.last->next : here.first) = &w;
  here.last = &w;
  if (here.running) return;
  here.running = true;
  while (here.first != nullptr) {
    work& first = *std::exchange(here.first, here.first->next);
    if (here.first == nullptr) here.last = nullptr;
    first.run(first);
  }
  here.running = false;
}

}  // namespace jackdaw
