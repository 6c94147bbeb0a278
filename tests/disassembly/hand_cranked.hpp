// SPDX-License-Identifier: MIT
// An executor without a single read-modify-write on its own thread, so that what is counted there
// is core's.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

#include <jackdaw/executor.hpp>

namespace disassembly {

/// The thread that made it turns it, until `stop`. Others may submit.
class hand_cranked final : public jackdaw::any_executor {
 public:
  void submit(jackdaw::work& w) noexcept override {
    if (std::this_thread::get_id() == mine_) return queue_.push_back(&w);
    const std::lock_guard guard(lock_);
    from_outside_.push_back(&w);
  }
  void stop() noexcept { stopped_.store(true, std::memory_order_release); }

  /// Runs what comes. `after_each()` is called when a unit of work has given the thread back.
  template <class AfterEach>
  void turn(AfterEach after_each) {
    while (!stopped_.load(std::memory_order_acquire)) {
      {
        const std::lock_guard guard(lock_);
        queue_.insert(queue_.end(), from_outside_.begin(), from_outside_.end());
        from_outside_.clear();
      }
      if (queue_.empty()) continue;
      jackdaw::work& next = *queue_.front();
      queue_.pop_front();
      next.run(next);
      after_each();
    }
  }

 private:
  const std::thread::id mine_ = std::this_thread::get_id();
  std::deque<jackdaw::work*> queue_;
  std::atomic<bool> stopped_{false};
  std::mutex lock_;
  std::deque<jackdaw::work*> from_outside_;  // guarded by lock_
};

}  // namespace disassembly
