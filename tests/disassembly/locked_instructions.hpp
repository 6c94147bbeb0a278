// SPDX-License-Identifier: MIT
// Counts the atomic read-modify-writes of this program that a stretch of code executes, by
// disassembling each instruction of it on the way.
#pragma once

#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

namespace disassembly {

/// Where in the program the read-modify-writes were: offsets for addr2line.
using sites = std::vector<std::uintptr_t>;

/// From `begin` to `end` the calling thread executes one instruction at a time: the processor traps
/// after each, and the trap's handler looks at the next. Counted are instructions with a lock
/// prefix and exchanges with memory, in the executable only: libc and libstdc++ are not ours.
///
/// x86-64 Linux, one thread at a time.
class locked_instructions {
 public:
  locked_instructions();
  locked_instructions(const locked_instructions&) = delete;
  locked_instructions& operator=(const locked_instructions&) = delete;
  ~locked_instructions();

  static void begin() noexcept;
  /// The sites since `begin`; none if it was not called.
  static sites end();

 private:
  struct sigaction before_;
};

/// For a failure's message.
[[nodiscard]] std::string to_string(const sites& s);

}  // namespace disassembly
