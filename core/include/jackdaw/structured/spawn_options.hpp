// SPDX-License-Identifier: MIT
// The options of spawn.
#pragma once

#include <string_view>

namespace jackdaw {

/// How a task is to be spawned.
struct spawn_options {
  std::string_view name{};  ///< shown in task dumps and errors; the storage must outlive the task
                            ///< (a literal, as a rule)
};

}  // namespace jackdaw
