// SPDX-License-Identifier: MIT
// The rest of a runtime, as far as the kernel needs one under the model checker: an executor whose
// one worker is a simulated thread, and services that nobody asks for anything.
#pragma once

#include <jackdaw/services.hpp>

#include "check.hpp"

/// Takes one unit of work at a time. A second submission of what has not been run yet is reported.
class simulated_worker final : public jackdaw::any_executor {
 public:
  simulated_worker() : arrivals_(rl::ctx().sema_ctor(false, 0, 8)) {}
  ~simulated_worker() { rl::ctx().sema_dtor(arrivals_); }

  void submit(jackdaw::work& w) noexcept override {
    RL_ASSERT(waiting_.exchange(&w, std::memory_order_acq_rel) == nullptr);
    post();
  }
  /// The next work; null after `stop`.
  jackdaw::work* next() {
    arrivals_->wait(false, false, RL_INFO);
    return waiting_.exchange(nullptr, std::memory_order_acq_rel);
  }
  void stop() { post(); }

 private:
  void post() {
    unsigned before = 0;
    arrivals_->post(1, before, RL_INFO);
  }

  rl::sema_data* arrivals_;
  jackdaw::base::atomic<jackdaw::work*> waiting_{nullptr};
};

class no_services final : public jackdaw::services {
 public:
  explicit no_services(jackdaw::any_executor& e)
      : services(e, reinterpret_cast<jackdaw::timer_service&>(nobody_),
                 reinterpret_cast<jackdaw::background_registry&>(nobody_)) {}
  void unhandled(const jackdaw::unhandled_error&) noexcept override { RL_ASSERT(false); }

 private:
  alignas(std::max_align_t) static inline char nobody_[16] = {};
};
