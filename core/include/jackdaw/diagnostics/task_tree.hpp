// SPDX-License-Identifier: MIT
// The tree of tasks, as it is right now.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace jackdaw {

class services;

/// A task or a scope in a snapshot of the tree.
struct task_tree_entry {
  enum class what : std::uint8_t { root, scope, task };

  what kind;
  std::size_t depth;        ///< 0 for a root
  std::uint64_t id = 0;     ///< of a task, or of the task that owns the scope
  std::string name;         ///< of a task; the kind of a root
  std::string waiting_for;  ///< what a parked task waits for; empty if it runs or is about to
  bool cancel_requested = false;
  std::optional<std::chrono::nanoseconds> deadline_in;  ///< until the scope's own deadline
  std::size_t never_parked = 0;  ///< tasks of the group that are not in the tree
};

/// A snapshot of the tasks and scopes of the process, depth first. Tasks that have ever had to wait
/// are listed one by one; those that have not, because they run or wait for a worker, are counted
/// at their group, and every open group is there; under JACKDAW_DEBUG those that run are listed
/// too. Not shown: children of gather, race and the like that have never had to wait, and cancel
/// scopes and timeouts in which nobody has.
///
/// Each scope is seen at one moment; the scopes one after the other. Takes locks that a park, or
/// the opening of a group, takes for a few instructions each, never while user code runs; and links
/// what it finds, which makes the end of those groups cost a lock pair more. Any thread. Throws
/// std::bad_alloc. `of`: of one runtime only.
[[nodiscard]] std::vector<task_tree_entry> snapshot_tasks(const services* of = nullptr);

/// Prints the tree, a line per entry.
void dump_tasks(std::ostream& out, const services* of = nullptr);

}  // namespace jackdaw
