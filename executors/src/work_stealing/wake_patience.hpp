// SPDX-License-Identifier: MIT
// Whether a batch of work that events have made runnable is worth waking another worker for.
#pragma once

#include <cstdint>

namespace jackdaw::work_stealing {

/// To wake a worker and to let it fall asleep again costs some 10 microseconds of CPU; a batch of
/// short tasks is run faster than shared. So a worker that has handed out a batch wakes another one
/// at once only if the batch will take longer than `worth_a_wake`, as far as the last batches tell,
/// and later if it does take longer. Should a single unit of work hold it up, the monitor wakes
/// another: nothing is lost, and nothing waits longer than the monitor's period.
///
/// Times are nanoseconds on one clock, units count what the worker has run. One thread.
class wake_patience {
 public:
  static constexpr std::int64_t worth_a_wake = 50'000;

  /// A batch of `size` begins. True: wake another worker now.
  [[nodiscard]] bool begin(std::uint64_t size, std::uint64_t units, std::int64_t now) noexcept {
    if (in_batch_) end(units, now);
    in_batch_ = true;
    began_ = now;
    first_unit_ = units;
    waiting_ = static_cast<std::int64_t>(size) * usual_ <= worth_a_wake;
    return !waiting_;
  }

  /// Has a batch begun and not ended?
  [[nodiscard]] bool in_batch() const noexcept { return in_batch_; }
  /// Is there a batch for which nobody has been woken?
  [[nodiscard]] bool waiting() const noexcept { return waiting_; }

  /// True, once: the batch takes longer than expected, wake another worker for the rest.
  [[nodiscard]] bool lost(std::int64_t now) noexcept {
    if (now - began_ <= worth_a_wake) return false;
    waiting_ = false;
    return true;
  }

  /// The worker has run all it had. In a batch only.
  void end(std::uint64_t units, std::int64_t now) noexcept {
    if (units != first_unit_)
      usual_ += ((now - began_) / static_cast<std::int64_t>(units - first_unit_) - usual_) / 4;
    in_batch_ = false;
    waiting_ = false;
  }

 private:
  bool in_batch_ = false;
  bool waiting_ = false;
  std::int64_t began_ = 0;
  std::uint64_t first_unit_ = 0;
  std::int64_t usual_ = 2'000;  // how long a unit takes; a moving average
};

}  // namespace jackdaw::work_stealing
