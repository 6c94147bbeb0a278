// SPDX-License-Identifier: MIT
// Counts the CPUs that may be used: threads beyond a container's quota only get throttled
// (golang/go#33803).
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <thread>

#include <jackdaw/executors/work_stealing_pool.hpp>

namespace jackdaw {

namespace {

std::size_t allowed_by_affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return std::thread::hardware_concurrency();
  return static_cast<std::size_t>(CPU_COUNT(&set));
}

double quota_of(const std::string& quota, double period) {
  if (quota.empty() || quota == "max" || quota == "-1" || period <= 0) return INFINITY;
  return std::stod(quota) / period;
}

/// CPUs by the cgroup's quota, version 2 or 1; infinity if there is none.
double allowed_by_cgroup() {
  try {
    if (std::ifstream v2("/sys/fs/cgroup/cpu.max"); v2) {
      std::string quota;
      double period = 0;
      v2 >> quota >> period;
      return quota_of(quota, period);
    }
    std::ifstream quota_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    std::ifstream period_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
    std::string quota;
    double period = 0;
    quota_file >> quota;
    period_file >> period;
    return quota_of(quota, period);
  } catch (const std::exception&) {
    return INFINITY;  // an unreadable quota is no quota
  }
}

}  // namespace

std::size_t usable_cpus() noexcept {
  try {
    const auto by_affinity = static_cast<double>(allowed_by_affinity());
    return static_cast<std::size_t>(
        std::max(1.0, std::min(by_affinity, std::ceil(allowed_by_cgroup()))));
  } catch (...) {
    return 1;
  }
}

}  // namespace jackdaw
