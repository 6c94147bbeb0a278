// SPDX-License-Identifier: MIT
// Where work goes: the interface that every executor implements.
#pragma once

#include <concepts>

#include <jackdaw/work.hpp>

namespace jackdaw {

/// Base of every executor. To add one, derive from it and write `submit`; see executors/README.md.
///
/// `submit` is called from any thread, must not block for long, must not throw, and must see to it
/// that `w.run(w)` is called exactly once, later or before it returns. All that happens before
/// `submit` happens before the run.
class any_executor {
 public:
  virtual void submit(work& w) noexcept = 0;

  /// The running unit of work has made `w` ready and is likely to pause: an executor may run it
  /// next on this thread.
  virtual void submit_soon(work& w) noexcept { submit(w); }

  /// The running unit of work has used up its turn (lane::operations_per_turn) and goes on as `w`:
  /// an executor that has nothing else for this thread may run it again at once.
  virtual void submit_next_turn(work& w) noexcept { submit(w); }

 protected:
  any_executor() = default;
  any_executor(const any_executor&) = default;
  any_executor& operator=(const any_executor&) = default;
  ~any_executor() = default;
};

/// An executor that tasks can run on.
template <class E>
concept executor = std::derived_from<E, any_executor> && requires(E& e, work& w) {
  { e.submit(w) } noexcept;
};

}  // namespace jackdaw
