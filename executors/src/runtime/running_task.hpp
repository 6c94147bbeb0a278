// SPDX-License-Identifier: MIT
// Which task a unit of work is, for who debugs or traces.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/structured/child.hpp>
#include <jackdaw/structured/root_task.hpp>

namespace jackdaw {

/// A task by id and name, copied: good after its end too. id 0: work that is no task, or the next
/// one of a gather.
struct running_task {
  std::uint64_t id = 0;
  std::array<char, 32> name{};  // ends with 0

  [[nodiscard]] static running_task of(work& w) noexcept {
    running_task r;
    if (!task_context::goes_on(w) && !child_base::begins(w) && !root_base::begins(w)) return r;
    auto& task = static_cast<task_context&>(w);
    r.id = task.id();
    task.name.copy(r.name.data(), r.name.size() - 1);
    return r;
  }

  [[nodiscard]] std::string text() const {
    if (id == 0) return "work of the runtime";
    return "task #" + std::to_string(id) + (name[0] != 0 ? std::string(" ") + name.data() : "");
  }
};

}  // namespace jackdaw
