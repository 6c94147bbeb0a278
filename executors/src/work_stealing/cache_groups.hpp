// SPDX-License-Identifier: MIT
// Which CPUs share a last-level cache, and which of these groups are in the same NUMA node.
#pragma once

#include <sched.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "work_stealing/cpu_list.hpp"

namespace jackdaw::work_stealing {

/// Groups of CPUs that share a last-level cache. Does not change; what it says is a hint.
class cache_groups {
 public:
  using group = std::uint16_t;
  using cpu_reader = int (*)();  // on which CPU does the calling thread run? Negative: not known

  /// All CPUs are in one group.
  cache_groups() = default;
  /// The groups of CPUs 0, 1 and so on, and the nodes of groups 0, 1 and so on.
  cache_groups(std::vector<group> of_cpus, std::vector<std::uint16_t> nodes,
               cpu_reader here = sched_getcpu)
      : of_cpus_(std::move(of_cpus)), nodes_(std::move(nodes)), here_(here) {}

  /// What this machine has for the calling thread. One group if that cannot be found out.
  [[nodiscard]] static cache_groups of_this_machine() noexcept;
  /// What a tree like /sys/devices/system has for the usable CPUs. If it does not say which of them
  /// share a cache, or a node, all do.
  [[nodiscard]] static cache_groups of_tree(const std::string& sysfs, const cpu_set& usable);

  [[nodiscard]] bool several() const noexcept { return nodes_.size() > 1; }
  /// A CPU that was not usable counts as one of the first group.
  [[nodiscard]] group of_cpu(std::size_t cpu) const noexcept {
    return cpu < of_cpus_.size() ? of_cpus_[cpu] : group{0};
  }
  /// Where the calling thread runs, at this moment.
  [[nodiscard]] group here() const noexcept { return of_cpu(static_cast<std::size_t>(here_())); }
  /// 0: the same cache, 1: the same node, 2: neither.
  [[nodiscard]] std::uint8_t distance(group a, group b) const noexcept {
    if (a == b) return 0;
    return nodes_[a] == nodes_[b] ? 1 : 2;
  }

 private:
  std::vector<group> of_cpus_;
  std::vector<std::uint16_t> nodes_;
  cpu_reader here_ = sched_getcpu;
};

}  // namespace jackdaw::work_stealing
