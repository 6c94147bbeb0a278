// SPDX-License-Identifier: MIT
// What stands for the blocking pool and for the burst arena: jobs that take virtual time.
#pragma once

#include <jackdaw/blocking.hpp>
#include <jackdaw/bursts.hpp>

#include "simulation/delayed_jobs.hpp"

namespace jackdaw::simulated {

class threads final : public blocking_service {
 public:
  threads(timeline& t, dice& d, std::int64_t delay_max) noexcept
      : jobs_(t, d, delay_max, [](blocking_job& j) noexcept { j.run(j); }) {}

  [[nodiscard]] bool start(blocking_job& job) noexcept override {
    jobs_.start(job);
    return true;
  }
  [[nodiscard]] bool remove(blocking_job& job) noexcept override { return jobs_.remove(job); }
  [[nodiscard]] bool idle() const noexcept { return jobs_.empty(); }

 private:
  delayed_jobs<blocking_job> jobs_;
};

class burst_threads final : public burst_service {
 public:
  burst_threads(timeline& t, dice& d, std::int64_t delay_max) noexcept
      : jobs_(t, d, delay_max, [](burst_job& j) noexcept {
          if (!j.interrupted) j.compute(j);
          j.finish(j);
        }) {}

  [[nodiscard]] bool start(burst_job& job) noexcept override {
    jobs_.start(job);
    return true;
  }
  [[nodiscard]] bool remove(burst_job& job) noexcept override { return jobs_.remove(job); }
  void interrupt(burst_job& job) noexcept override { job.interrupted = true; }
  [[nodiscard]] bool idle() const noexcept { return jobs_.empty(); }

 private:
  delayed_jobs<burst_job> jobs_;
};

}  // namespace jackdaw::simulated
