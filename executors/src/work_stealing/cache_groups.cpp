// SPDX-License-Identifier: MIT
#include "work_stealing/cache_groups.hpp"

#include <charconv>
#include <fstream>
#include <map>
#include <optional>

namespace jackdaw::work_stealing {

namespace {

static_assert(cpu_set{}.size() == CPU_SETSIZE);
constexpr int caches_max = 16;  // of one CPU, over all levels

/// A number for each CPU: the same for those that share something.
using labels = std::vector<std::uint16_t>;

labels all_alike() { return labels(cpu_set{}.size(), 0); }

std::optional<std::string> line_in(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  return line;
}

std::optional<cpu_set> list_in(const std::string& file) {
  const std::optional<std::string> line = line_in(file);
  return line ? cpus_of_list(*line) : std::nullopt;
}

/// 0: there is none.
int level_in(const std::string& file) {
  int level = 0;
  if (const std::optional<std::string> line = line_in(file))
    (void)std::from_chars(line->data(), line->data() + line->size(), level);
  return level;
}

/// Those that share the cache of the highest level with `cpu`.
std::optional<cpu_set> cache_neighbours(const std::string& sysfs, std::size_t cpu) {
  const std::string caches = sysfs + "/cpu/cpu" + std::to_string(cpu) + "/cache/index";
  std::string last;
  int highest = 0;
  for (int i = 0; i != caches_max; ++i) {
    const std::string cache = caches + std::to_string(i);
    const int level = level_in(cache + "/level");
    if (level <= 0) break;
    if (level <= highest) continue;
    highest = level;
    last = cache;
  }
  if (highest == 0) return std::nullopt;
  const std::optional<cpu_set> sharing = list_in(last + "/shared_cpu_list");
  return sharing && sharing->test(cpu) ? sharing : std::nullopt;
}

/// Reads the files of one CPU of each cache only.
labels by_cache(const std::string& sysfs, cpu_set left) {
  labels caches = all_alike();
  std::uint16_t next = 0;
  for (std::size_t cpu = 0; cpu != left.size(); ++cpu) {
    if (!left.test(cpu)) continue;
    const std::optional<cpu_set> sharing = cache_neighbours(sysfs, cpu);
    if (!sharing) return all_alike();
    for (std::size_t other = cpu; other != left.size(); ++other) {
      if (left.test(other) && sharing->test(other)) caches[other] = next;
    }
    left &= ~*sharing;
    ++next;
  }
  return caches;
}

labels by_node(const std::string& sysfs) {
  const std::optional<cpu_set> nodes = list_in(sysfs + "/node/online");  // a list of the same form
  if (!nodes || nodes->count() < 2) return all_alike();
  labels of_cpus = all_alike();
  for (std::size_t node = 0; node != nodes->size(); ++node) {
    if (!nodes->test(node)) continue;
    const std::optional<cpu_set> cpus =
        list_in(sysfs + "/node/node" + std::to_string(node) + "/cpulist");
    if (!cpus) return all_alike();
    for (std::size_t cpu = 0; cpu != cpus->size(); ++cpu) {
      if (cpus->test(cpu)) of_cpus[cpu] = static_cast<std::uint16_t>(node);
    }
  }
  return of_cpus;
}

}  // namespace

cache_groups cache_groups::of_tree(const std::string& sysfs, const cpu_set& usable) {
  const labels caches = by_cache(sysfs, usable);
  const labels nodes = by_node(sysfs);
  std::map<std::pair<std::uint16_t, std::uint16_t>, group> found;
  std::vector<group> of_cpus;
  std::vector<std::uint16_t> node_of_group;
  for (std::size_t cpu = 0; cpu != usable.size(); ++cpu) {
    if (!usable.test(cpu)) continue;
    const auto [at, is_new] =
        found.try_emplace({nodes[cpu], caches[cpu]}, static_cast<group>(node_of_group.size()));
    if (is_new) node_of_group.push_back(nodes[cpu]);
    of_cpus.resize(cpu + 1);
    of_cpus[cpu] = at->second;
  }
  return {std::move(of_cpus), std::move(node_of_group)};
}

cache_groups cache_groups::of_this_machine() noexcept {
  try {
    cpu_set_t mask;  // has only CPUs that are online
    CPU_ZERO(&mask);
    if (sched_getaffinity(0, sizeof mask, &mask) != 0) return {};
    cpu_set usable;
    for (std::size_t cpu = 0; cpu != usable.size(); ++cpu) usable.set(cpu, CPU_ISSET(cpu, &mask));
    return of_tree("/sys/devices/system", usable);
  } catch (...) {
    return {};
  }
}

}  // namespace jackdaw::work_stealing
