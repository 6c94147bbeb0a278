// SPDX-License-Identifier: MIT
// gate: the simplest primitive that a task can park on, with which the tests order what happens.
#pragma once

#include <cstddef>
#include <mutex>

#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/task.hpp>
#include <jackdaw/yield.hpp>

namespace support {

/// Tasks wait in `pass` until the gate is opened, for all or for one. Any thread. Must outlive its
/// waiters' awaits.
class gate {
 public:
  gate() noexcept = default;
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;

  class awaiter final : public jackdaw::waiter {
   public:
    awaiter(gate& g, jackdaw::task_context& t) noexcept : waiter(t, unlink, "gate"), gate_(&g) {}
    bool await_ready() noexcept { return stop_requested(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return jackdaw::park_on(
          gate_, *this, h, [this] { return gate_->take_turn(); },
          [this](waiter& w) {
            gate_->waiters_.push_back(w);
            ++gate_->waiting_;
          });
    }
    void await_resume() const { throw_if_cancelled(); }

   private:
    static bool unlink(waiter& w) noexcept {
      auto& self = static_cast<awaiter&>(w);
      const std::lock_guard guard(jackdaw::waiter_lock(self.gate_));
      if (!w.linked) return false;
      self.gate_->waiters_.erase(w);
      --self.gate_->waiting_;
      w.linked = false;
      return true;
    }

    gate* gate_;
  };
  class passage {
   public:
    explicit passage(gate& g) noexcept : gate_(&g) {}
    awaiter bind(jackdaw::task_context& t) const noexcept { return awaiter(*gate_, t); }

   private:
    gate* gate_;
  };

  /// A checkpoint; then waits until the gate is open. `cancelled` means that it was not passed.
  [[nodiscard]] passage pass() noexcept { return passage(*this); }

  /// From now on everybody passes.
  void open() noexcept {
    const std::lock_guard guard(jackdaw::waiter_lock(this));
    open_ = true;
    while (admit_front()) {
    }
  }
  /// One task passes: the one that has waited longest, or else the next that comes.
  void admit_one() noexcept {
    const std::lock_guard guard(jackdaw::waiter_lock(this));
    if (!admit_front()) ++turns_;
  }
  /// Tasks that are parked here.
  [[nodiscard]] std::size_t waiting() const noexcept {
    const std::lock_guard guard(jackdaw::waiter_lock(this));
    return waiting_;
  }
  /// Turns that were given and that nobody has taken.
  [[nodiscard]] std::size_t turns_left() const noexcept {
    const std::lock_guard guard(jackdaw::waiter_lock(this));
    return turns_;
  }
  /// Lets others run until so many tasks are parked here.
  [[nodiscard]] jackdaw::task<> until_waiting(std::size_t n) {
    while (waiting() < n) co_await jackdaw::yield();
  }

 private:
  bool take_turn() noexcept {
    if (open_) return true;
    if (turns_ == 0) return false;
    --turns_;
    return true;
  }
  bool admit_front() noexcept {
    jackdaw::waiter* w = waiters_.pop_front();
    if (w == nullptr) return false;
    --waiting_;
    jackdaw::grant(*w);
    return true;
  }

  // All guarded by waiter_lock(this).
  jackdaw::waiter_list waiters_;
  std::size_t waiting_ = 0;
  std::size_t turns_ = 0;
  bool open_ = false;
};

}  // namespace support
