// SPDX-License-Identifier: MIT
#include <jackdaw/io/operation.hpp>

#include <jackdaw/cancellation/turn.hpp>
#include <jackdaw/io/engine.hpp>

namespace jackdaw::io {

bool operation::await_ready() noexcept {
  if (stop_requested()) return true;
  return engine_->start(*this) && !turn_used_up();
}

bool operation::await_suspend(std::coroutine_handle<> h) noexcept {
  coroutine_ = h;
  if (!done_) return park();
  task().end_turn(h);  // complete, but it was the turn's last one
  return true;
}

// Returns whether the task was suspended; then nothing of the operation may be touched any more.
bool operation::park() noexcept {
  for (;;) {
    const bool suspended = park_published(*this, coroutine_, [this] {
      // The submission that follows a grant goes to the operation, not to the coroutine. The handle
      // only carries its address.
      task().resume_point = std::coroutine_handle<>::from_address(this);
      task().run = go_on;
      return engine_->publish(*this);
    });
    if (suspended) return true;
    if (was_cancelled() || done_ || engine_->resume(*this)) return false;
  }
}

void operation::go_on(work& w) noexcept {
  auto& self = *static_cast<operation*>(static_cast<task_context&>(w).resume_point.address());
  if (!self.was_cancelled() && !self.engine_->resume(self) && self.park()) return;
  self.coroutine_.resume();
}

bool operation::unlink(waiter& w) noexcept {
  auto& self = static_cast<operation&>(w);
  return self.engine_->unlink(self);
}

bool operation::advance(std::size_t n) noexcept {
  transferred_ += n;
  if (kind_ != kind::writev_all) {
    bytes += n;
    size -= n;
    return size == 0;
  }
  n += skip;
  while (!parts.empty() && n >= parts.front().size()) {
    n -= parts.front().size();
    parts = parts.subspan(1);
  }
  skip = n;
  return parts.empty();
}

}  // namespace jackdaw::io
