// SPDX-License-Identifier: MIT
// What the program itself says on stderr: for a program that lasts until something has been said,
// however long that takes on a busy machine.
#pragma once

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

/// Reads what is written to stderr from its construction on, and passes it on.
class said {
 public:
  said() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::abort();
    from_ = ends[0];
    to_ = ::dup(STDERR_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[1]);
  }
  said(const said&) = delete;
  said& operator=(const said&) = delete;
  ~said() {
    ::dup2(to_, STDERR_FILENO);
    ::close(to_);
    ::close(from_);
  }

  /// Blocks the calling thread.
  void wait_for(std::string_view text) {
    while (all_.find(text) == std::string::npos) {
      std::array<char, 4096> part{};
      const auto n = ::read(from_, part.data(), part.size());
      if (n <= 0) std::abort();
      all_.append(part.data(), static_cast<std::size_t>(n));
      (void)!::write(to_, part.data(), static_cast<std::size_t>(n));
    }
  }

 private:
  int from_ = -1;
  int to_ = -1;
  std::string all_;
};
