// SPDX-License-Identifier: MIT
// JACKDAW_DEBUG=1: a thread that says when a worker is stuck in a task, and when nothing can go on
// any more.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/services.hpp>

#include "runtime/running_task.hpp"
#include "work_stealing/work_observer.hpp"

namespace jackdaw {

/// Prints to stderr; each stall and each deadlock once.
class debug_watch final : public work_stealing::work_observer {
 public:
  /// A unit of work that runs longer than this is a stall, as in asyncio's debug mode.
  static constexpr std::chrono::nanoseconds stall = std::chrono::milliseconds(100);
  /// When nothing has run for so long, the tasks are looked at.
  static constexpr std::chrono::nanoseconds silence = std::chrono::milliseconds(500);

  debug_watch(std::size_t workers, const services& env);
  ~debug_watch();

  void begins(std::uint32_t worker, work& w) noexcept override;
  void ends(std::uint32_t worker) noexcept override;

 private:
  struct alignas(base::cache_line) slot {
    base::small_mutex lock;  // guards the rest
    std::int64_t since = 0;  // when its unit of work began; 0: it runs none
    std::uint64_t units = 0;
    bool reported = false;
    running_task task;
  };
  struct activity {
    bool running = false;
    std::uint64_t units = 0;
  };

  void watch() noexcept;
  activity look_at_workers(std::int64_t now) noexcept;
  void report_stall(std::size_t worker, const running_task& task, std::int64_t ns) const;
  void report_deadlock() const noexcept;

  std::vector<slot> slots_;
  const services* env_;
  base::atomic<std::uint32_t> stopping_{0};  // set by the destructor, slept on by the thread
  std::thread thread_;
};

}  // namespace jackdaw
