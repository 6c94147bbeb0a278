// SPDX-License-Identifier: MIT
// How often the threads of this process have been woken.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace measure {

/// Context switches so far, voluntary or not, of all threads but the calling one.
inline std::uint64_t switches_of_others() {
  std::uint64_t total = 0;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    if (thread.path().filename() == std::to_string(gettid())) continue;
    std::ifstream status(thread.path() / "status");
    std::string word;
    while (status >> word) {
      std::uint64_t count = 0;
      if (word.ends_with("voluntary_ctxt_switches:") && status >> count) total += count;
    }
  }
  return total;
}

}  // namespace measure
