// SPDX-License-Identifier: MIT
// What a worker of the pool can sleep in besides its parker: the reactor, as the pool sees it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace jackdaw::work_stealing {

/// Waits for outside events and submits what they make runnable. One thread at a time is in it; the
/// pool sees to that.
class poller {
 public:
  static constexpr std::int64_t no_deadline = INT64_MAX;

  /// Waits for events until `deadline` (nanoseconds on jd::clock; 0: does not wait). Nothing is
  /// submitted yet, so that whoever waited can first say that it is awake.
  virtual void wait(std::int64_t deadline) noexcept = 0;
  /// Handles what the last `wait` found. Returns how many operations became runnable; they have
  /// been submitted to their tasks' executors.
  virtual std::size_t dispatch() noexcept = 0;
  /// Makes a `wait` that is under way, or else the next one, return soon. Any thread.
  virtual void wake() noexcept = 0;

 protected:
  poller() = default;
  poller(const poller&) = default;
  poller& operator=(const poller&) = default;
  ~poller() = default;
};

}  // namespace jackdaw::work_stealing
