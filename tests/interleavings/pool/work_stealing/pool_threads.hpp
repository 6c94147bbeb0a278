// SPDX-License-Identifier: MIT
// Stands in for the pool's threads under the model checker, whose threads exist from the beginning:
// they wait until the pool gives them something to run.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <jackdaw/base/atomic.hpp>

namespace jackdaw::work_stealing {

/// A simulated thread that runs what it is given, once.
class simulated_thread {
 public:
  simulated_thread()
      : begin_(rl::ctx().sema_ctor(false, 0, 1)), end_(rl::ctx().sema_ctor(false, 0, 1)) {}
  simulated_thread(const simulated_thread&) = delete;
  simulated_thread& operator=(const simulated_thread&) = delete;
  ~simulated_thread() {
    rl::ctx().sema_dtor(begin_);
    rl::ctx().sema_dtor(end_);
  }

  /// The thread's own: from here on it is one of the pool's.
  void serve() {
    begin_->wait(false, false, RL_INFO);
    body_();
    body_ = nullptr;
    post(end_);
  }
  void start(std::function<void()> body) {
    body_ = std::move(body);
    post(begin_);
  }
  void join() { end_->wait(false, false, RL_INFO); }

 private:
  static void post(rl::sema_data* s) {
    unsigned before = 0;
    s->post(1, before, RL_INFO);
  }

  rl::sema_data* begin_;
  rl::sema_data* end_;
  std::function<void()> body_;
};

class pool_threads {
 public:
  /// The threads that there are; what is started beyond them, the monitor, does not run.
  static inline std::vector<simulated_thread*> available;

  void start(const std::string&, std::function<void()> body) {
    if (started_ == available.size()) return;
    available[started_++]->start(std::move(body));
  }
  void join() {
    for (std::size_t i = 0; i != started_; ++i) available[i]->join();
  }
  static void yield() { rl::yield(1, RL_INFO); }

 private:
  std::size_t started_ = 0;
};

}  // namespace jackdaw::work_stealing
