// SPDX-License-Identifier: MIT
// A timer, and the service that timers are given to.
#pragma once

#include <cstdint>

#include <jackdaw/base/intrusive_list.hpp>
#include <jackdaw/time/clock.hpp>

namespace jackdaw {

/// A timer: at `deadline`, `expire` is called. Intrusive: whoever adds it owns it and keeps it
/// alive until it has been removed, or until `expire` has been called. Once `expire` is called the
/// service does not touch it again, so that `expire` may free it or add it anew.
struct timer_node : base::list_node<> {
  using function = void (*)(timer_node&) noexcept;

  explicit timer_node(function f) noexcept : expire(f) {}

  std::int64_t deadline =
      0;            ///< nanoseconds on `clock`; not to be changed while the timer is in a service
  function expire;  ///< called once, on a thread of the service, with no lock held; must be quick

  // The rest belongs to the service: which queue holds the timer, where in it, and whether it can
  // still be removed.
  void* queue = nullptr;
  std::uint16_t place = 0;
  bool removable = false;

 protected:
  ~timer_node() = default;
};

/// What an executor offers to everything that waits for a time.
///
/// Thread safety: `add` and `remove` may be called from any thread; for one node the caller orders
/// them (no `remove` of a node whose `add` has not returned, no two at once).
class timer_service {
 public:
  /// Starts the timer. It fires at its deadline or later, never earlier; a deadline that has passed
  /// fires soon. All that happens before `add` happens before the call of `expire`.
  virtual void add(timer_node& node) noexcept = 0;

  /// Stops the timer. True: it will not fire, and the service has let go of it. False: it has fired
  /// or is about to on another thread; then `expire` is called exactly once all the same, and the
  /// node must live until it has been.
  [[nodiscard]] virtual bool remove(timer_node& node) noexcept = 0;

  /// Nanoseconds, on the clock that the deadlines are compared with.
  [[nodiscard]] virtual std::int64_t now() const noexcept = 0;

 protected:
  timer_service() = default;
  timer_service(const timer_service&) = default;
  timer_service& operator=(const timer_service&) = default;
  ~timer_service() = default;
};

}  // namespace jackdaw
