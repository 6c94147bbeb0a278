// SPDX-License-Identifier: MIT
// An executor under the model checker whose workers are several simulated threads.
#pragma once

#include <deque>

#include "simulated_worker.hpp"

/// First in, first out. Nothing is submitted twice before it has been taken.
class simulated_pool final : public jackdaw::any_executor {
 public:
  simulated_pool()
      : arrivals_(rl::ctx().sema_ctor(false, 0, 16)),
        lock_(rl::ctx().mutex_ctor(false, false, false, false)) {}
  ~simulated_pool() {
    rl::ctx().mutex_dtor(lock_);
    rl::ctx().sema_dtor(arrivals_);
  }

  void submit(jackdaw::work& w) noexcept override {
    lock_->lock_exclusive(false, RL_INFO);
    for (const jackdaw::work* const other : queue_) RL_ASSERT(other != &w);
    queue_.push_back(&w);
    lock_->unlock_exclusive(RL_INFO);
    post();
  }
  /// The next work; null after `stop`.
  jackdaw::work* next() {
    arrivals_->wait(false, false, RL_INFO);
    lock_->lock_exclusive(false, RL_INFO);
    jackdaw::work* taken = nullptr;
    if (!queue_.empty()) {
      taken = queue_.front();
      queue_.pop_front();
    }
    lock_->unlock_exclusive(RL_INFO);
    return taken;
  }
  void stop(unsigned workers) {
    while (workers-- != 0) post();
  }

 private:
  void post() {
    unsigned before = 0;
    arrivals_->post(1, before, RL_INFO);
  }

  rl::sema_data* arrivals_;
  rl::generic_mutex_data* lock_;
  std::deque<jackdaw::work*> queue_;
};
