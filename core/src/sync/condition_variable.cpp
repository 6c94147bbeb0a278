// SPDX-License-Identifier: MIT
#include <jackdaw/sync/condition_variable.hpp>

#include <coroutine>
#include <mutex>
#include <optional>
#include <stdexcept>

#include <jackdaw/sync/released_waiters.hpp>

namespace jackdaw {

// The first half of a wait: out of the mutex and into the list, until the notification. Gives the
// reason if a request ended it; the guard is empty unless it ended at once.
class condition_variable::leaving {
 public:
  leaving(condition_variable& c, mutex::guard& inside) noexcept
      : condition_(&c), inside_(&inside) {}

  class awaiter final : public list_waiter {
   public:
    awaiter(condition_variable& c, mutex::guard& inside, task_context& t) noexcept
        : list_waiter(t, &c, c.waiters_, "condition_variable"), condition_(&c), inside_(&inside) {}

    bool await_ready() noexcept { return stop_requested(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return park_published(*this, h, [this] {
        {
          const std::lock_guard held(waiter_lock(condition_));
          condition_->waiters_.push_back(*this);
          linked = true;
        }
        inside_->unlock();
        return true;
      });
    }
    std::optional<cancel_reason> await_resume() noexcept {
      if (was_cancelled()) return task().current->effective_reason();
      return std::nullopt;
    }

   private:
    condition_variable* condition_;
    mutex::guard* inside_;
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(*condition_, *inside_, t); }

 private:
  condition_variable* condition_;
  mutex::guard* inside_;
};

task<> condition_variable::wait(mutex::guard& inside) {
  if (!inside) {
    throw std::logic_error(
        "jackdaw: a condition is waited for inside its mutex, and this guard is empty; write "
        "auto guard = co_await m.lock() first");
  }
  mutex::returning way_back(inside);
  const std::optional<cancel_reason> stopped = co_await leaving(*this, inside);
  if (!inside) inside = co_await way_back;
  if (stopped.has_value()) throw cancelled(*stopped);
}

void condition_variable::notify_one() noexcept {
  waiter* first = nullptr;
  {
    const std::lock_guard held(waiter_lock(this));
    first = waiters_.pop_front();
  }
  if (first != nullptr) grant(*first);
}

void condition_variable::notify_all() noexcept {
  released_waiters released;
  const auto all = [](waiter&) { return true; };
  bool more = true;
  while (more) {
    const std::lock_guard held(waiter_lock(this));
    more = released.take_batch(waiters_, all);
  }
  released.wake_all();
}

}  // namespace jackdaw
