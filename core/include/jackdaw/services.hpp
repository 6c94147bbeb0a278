// SPDX-License-Identifier: MIT
// What a runtime provides to the tasks that run in it, as small interfaces that core names and
// executors implements.
#pragma once

#include <cstdint>
#include <exception>
#include <string_view>

#include <jackdaw/executor.hpp>

namespace jackdaw {

class timer_service;
class blocking_service;
class burst_service;
class background_registry;
namespace io {
class engine;
}

/// An error that no task is there to receive (S14, S15).
struct unhandled_error {
  enum class source : std::uint8_t { background, gather_later, race_loser, handler };
  source kind;
  std::string_view task_name;
  std::exception_ptr error;
};

/// The services of one runtime. All of them outlive every task of it.
///
/// Thread safety: every member may be used from any thread.
class services {
 public:
  services(any_executor& e, timer_service& t, background_registry& b) noexcept
      : executor(e), timers(t), background(b) {}
  services(const services&) = delete;
  services& operator=(const services&) = delete;

  /// Takes an error that nobody else will see; calls the hook that the user has set, else prints.
  /// Never throws.
  virtual void unhandled(const unhandled_error& e) noexcept = 0;

  any_executor& executor;  ///< where tasks run unless they asked for another place
  timer_service& timers;
  background_registry& background;       ///< who keeps background tasks that nobody owns any more
  blocking_service* blocking = nullptr;  ///< to_thread; null in runtimes without threads
  burst_service* bursts = nullptr;       ///< offload
  io::engine* io = nullptr;
  std::int64_t cleanup_grace_ns = 10'000'000'000;

 protected:
  ~services() = default;
};

}  // namespace jackdaw
