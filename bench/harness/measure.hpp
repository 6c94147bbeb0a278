// SPDX-License-Identifier: MIT
// What every measured program written in C++ shares: its arguments, its clocks, its output.
//
// A program is called with the number of workers. It prints one line per sample,
//     NAME VALUE UNIT CPU RSS VERDICT
// where VALUE is wall time (or what NAME says), CPU the processor time of all threads in the same
// unit, nan if that makes no sense, and RSS the peak of the process so far in MiB. run.py reads
// these lines.
#pragma once

#include <ctime>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace measure {

/// The first argument; 2 if there is none.
inline unsigned workers(int argc, char** argv) {
  return argc > 1 ? static_cast<unsigned>(std::strtoul(argv[1], nullptr, 10)) : 2;
}

inline double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}
inline double wall() { return seconds_of(CLOCK_MONOTONIC); }
inline double cpu() { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }

/// A field of /proc/self/status that is given in kB, in MiB.
inline double memory(const std::string& field) {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word)
    if (word == field + ":") break;
  double kilobytes = 0;
  status >> kilobytes;
  return kilobytes / 1024;
}

/// Prints a sample; 1 if its result was wrong.
inline int sample(const std::string& name, double value, const char* unit, double cpu, bool right) {
  std::printf("%s %.3f %s %.3f %.1f %s\n", name.c_str(), value, unit, cpu, memory("VmHWM"),
              right ? "right" : "WRONG");
  std::fflush(stdout);
  return right ? 0 : 1;
}

/// Times one call of `work`, which tells whether its result was right; in milliseconds.
template <class Work>
int once(const std::string& name, Work work) {
  const double wall_before = wall(), cpu_before = cpu();
  const bool right = work();
  return sample(name, (wall() - wall_before) * 1e3, "ms", (cpu() - cpu_before) * 1e3, right);
}

/// Times three calls of `work` after one that warms up; in nanoseconds per operation.
template <class Work>
int per_operation(const std::string& name, double operations, Work work) {
  int wrong = work() ? 0 : 1;
  const double scale = 1e9 / operations;
  for (int pass = 0; pass < 3; ++pass) {
    const double wall_before = wall(), cpu_before = cpu();
    const bool right = work();
    wrong +=
        sample(name, (wall() - wall_before) * scale, "ns", (cpu() - cpu_before) * scale, right);
  }
  return wrong;
}

/// The smallest value that at least this share of the samples does not exceed.
inline double quantile(std::vector<double>& samples, double share) {
  const auto last = static_cast<double>(samples.size() - 1);
  const auto nth = samples.begin() + static_cast<std::ptrdiff_t>(std::ceil(share * last));
  std::nth_element(samples.begin(), nth, samples.end());
  return *nth;
}

}  // namespace measure
