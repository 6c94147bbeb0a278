// SPDX-License-Identifier: MIT
// A counted handle to a task group, for those who are not part of it.
#pragma once

#include <cstdint>
#include <memory>

#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/cancellation/reason.hpp>

namespace jackdaw {

class task_group;

/// Spawns into and cancels a group from outside; may outlive it. After the group's end `spawn`
/// throws group_closed, with the callable destroyed unstarted, and `cancel` returns false (S5). A
/// copyable value; any thread.
class group_handle {
 public:
  group_handle() noexcept = default;

  template <class F, class... Args>
  void spawn(F&& fn, Args&&... args);

  /// `asking`: the task that asks, by its this_task::id, for the reason (S27).
  bool cancel(reason_text why = {}, std::uint64_t asking = 0) const noexcept;

 private:
  friend class task_group;

  /// Keeps the group from ending while someone outside is in it.
  struct control {
    base::small_mutex lock;
    task_group* group;  // null after the end; guarded by lock
  };
  explicit group_handle(task_group& g) : control_(std::make_shared<control>()) {
    control_->group = &g;
  }

  std::shared_ptr<control> control_;
};

}  // namespace jackdaw
