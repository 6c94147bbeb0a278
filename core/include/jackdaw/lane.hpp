// SPDX-License-Identifier: MIT
// What a worker thread offers to the tasks that run on it: the deque that forks go to, and the
// budget that keeps it fair.
#pragma once

#include <cstdint>

#include <jackdaw/base/fork_deque.hpp>
#include <jackdaw/executor.hpp>

namespace jackdaw {

class services;

/// The running thread's side of its executor. An executor that supports fork-join by work stealing
/// installs one per thread; on any other thread there is none, and forks go through `submit`.
///
/// Thread safety: owned by its thread; thieves use only `forks`.
struct lane {
  explicit lane(any_executor& e, std::uint32_t n = 0) noexcept : owner(&e), number(n) {}
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  /// Operations that may complete without suspending before a task must let others run.
  static constexpr std::int32_t operations_per_turn = 128;

  any_executor* owner;
  services* env =
      nullptr;  ///< of the runtime that the thread belongs to; null for a pool without one
  base::fork_deque forks;
  std::int32_t budget = operations_per_turn;
  const std::uint32_t number;  ///< among the lanes of its executor
  /// Set by a task that waits for a function on another thread: the answer may come in an instant.
  bool answer_due = false;

  /// Called when the fork deque went from empty to not empty, so that the executor may wake a
  /// thief. May be null.
  void (*on_fork)(lane&) noexcept = nullptr;

 protected:
  ~lane() = default;
};

namespace base {

#if defined(__clang__)
inline thread_local lane* current_lane = nullptr;
/// The lane of the calling thread, or null.
[[nodiscard]] inline lane* this_lane() noexcept { return current_lane; }
inline void install_lane(lane* l) noexcept { current_lane = l; }
#else
// GCC may keep a thread-local's address across a suspension (docs/compilers.md): the accessors stay
// out of line.
[[nodiscard]] lane* this_lane() noexcept;
void install_lane(lane* l) noexcept;
#endif

}  // namespace base
}  // namespace jackdaw
