// SPDX-License-Identifier: MIT
// The threads of a pool. A model checker brings a header of its own in place of this one.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace jackdaw::work_stealing {

/// Threads that take no signals: those are for the program's own threads, and for signal_stream.
/// One thread starts and joins them.
class pool_threads {
 public:
  /// Throws std::system_error, std::bad_alloc.
  void start(const std::string& name, std::function<void()> body);
  void join() noexcept;
  /// The calling thread waits for a few instructions of another one.
  static void yield() noexcept { std::this_thread::yield(); }

 private:
  std::vector<std::thread> threads_;
};

}  // namespace jackdaw::work_stealing
