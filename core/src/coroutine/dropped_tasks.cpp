// SPDX-License-Identifier: MIT
#include <jackdaw/coroutine/dropped_tasks.hpp>

#include <jackdaw/coroutine/creation_sites.hpp>

namespace jackdaw::base {

namespace {

struct drop_queue {
  bool draining = false;
  promise_base* first = nullptr;
};
thread_local constinit drop_queue queue;

}  // namespace

void drop_unstarted(std::coroutine_handle<> frame, promise_base& promise) noexcept {
  promise.continuation = frame;  // unused before a start: remembers what to destroy
  promise.next_dropped = queue.first;
  queue.first = &promise;
  if (queue.draining) return;
  queue.draining = true;
  while (queue.first != nullptr) {
    promise_base* const p = queue.first;
    queue.first = p->next_dropped;
    p->continuation.destroy();
  }
  queue.draining = false;
}

void drop_forgotten(std::coroutine_handle<> frame, promise_base& promise) noexcept {
  if (!queue.draining) report_never_awaited(frame.address());
  drop_unstarted(frame, promise);
}

}  // namespace jackdaw::base
