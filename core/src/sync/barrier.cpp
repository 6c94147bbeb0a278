// SPDX-License-Identifier: MIT
#include <jackdaw/sync/barrier.hpp>

#include <mutex>
#include <stdexcept>

#include <jackdaw/cancellation/turn.hpp>
#include <jackdaw/sync/released_waiters.hpp>

namespace jackdaw {

barrier::barrier(std::size_t parties) : parties_(parties) {
  if (parties == 0) {
    throw std::invalid_argument(
        "jackdaw: a barrier of zero parties would never open; give the number of tasks that meet");
  }
}

std::size_t barrier::waiting() const noexcept {
  const std::lock_guard held(waiter_lock(this));
  return arrived_;
}

// Under the lock. True: that was the last one, a new phase has begun.
bool barrier::arrive(awaiter& a) noexcept {
  a.phase_ = phase_;
  if (++arrived_ != parties_) return false;
  arrived_ = 0;
  ++phase_;
  return true;
}

// Wakes the waiters of a phase that has ended. Without the lock; they keep the barrier alive until
// the first of them is woken.
void barrier::release(std::uint64_t phase) noexcept {
  released_waiters released;
  const auto of_phase = [phase](waiter& w) { return static_cast<awaiter&>(w).phase_ <= phase; };
  bool more = true;
  while (more) {
    const std::lock_guard held(waiter_lock(this));
    more = released.take_batch(waiters_, of_phase);
  }
  released.wake_all();
}

bool barrier::awaiter::await_suspend(std::coroutine_handle<> h) noexcept {
  const bool suspended = park_on(
      barrier_, *this, h, [this] { return last_ = barrier_->arrive(*this); },
      [this](waiter& w) { barrier_->waiters_.push_back(w); });
  if (suspended || was_cancelled()) return suspended;
  if (barrier_->parties_ > 1) barrier_->release(phase_);
  if (!turn_used_up()) return false;
  task().end_turn(h);
  return true;
}

// For a canceller. The barrier may be gone if the waiter is not linked any more.
bool barrier::awaiter::withdraw(waiter& w) noexcept {
  auto& self = static_cast<awaiter&>(w);
  barrier& b = *self.barrier_;
  const std::lock_guard held(waiter_lock(&b));
  if (!w.linked || self.phase_ != b.phase_) return false;
  b.waiters_.erase(w);
  w.linked = false;
  --b.arrived_;
  return true;
}

}  // namespace jackdaw
