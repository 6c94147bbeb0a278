// SPDX-License-Identifier: MIT
// Signals of the operating system as something to await.
#pragma once

#include <initializer_list>
#include <memory>

#include <jackdaw/io/descriptor.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

class signal_subscription;

/// Catches signals for as long as it lives: `jd::signal_stream stop{SIGINT, SIGTERM}; co_await
/// stop.next();`. The signals' former dispositions come back with the end of the last stream that
/// catches them. Several streams may catch the same signal; each gets it. As with the kernel, a
/// signal that comes twice before it is taken is one.
///
/// The handler only sets a bit and writes to an eventfd. It runs on a thread that does not block
/// the signal; jackdaw's workers block all. Thread safety: one task at a time awaits `next`. It
/// must not outlive its runtime.
class signal_stream {
 public:
  /// Throws std::invalid_argument for a signal that cannot be caught, std::system_error,
  /// std::length_error if there are more than 32 streams in the process, std::logic_error outside
  /// of a runtime (see io::this_engine).
  signal_stream(std::initializer_list<int> signals);
  signal_stream(const signal_stream&) = delete;
  signal_stream& operator=(const signal_stream&) = delete;
  ~signal_stream();

  /// The next signal's number. Cancelled: no signal is lost.
  [[nodiscard]] task<int> next();

 private:
  io::descriptor counter_;
  std::unique_ptr<signal_subscription> subscription_;
};

}  // namespace jackdaw
