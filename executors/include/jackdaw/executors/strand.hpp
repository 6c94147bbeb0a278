// SPDX-License-Identifier: MIT
// One thing at a time, in order, on the threads of another executor.
#pragma once

#include <memory>

#include <jackdaw/executor.hpp>

namespace jackdaw {

/// Runs work on another executor, one piece at a time, first in, first out; each happens before the
/// next. For state that is used by many tasks and belongs to none; where it is used in short
/// sections, a `mutex` is simpler. A task on a strand gives it up at each suspension, so others run
/// in between.
///
/// It yields to the executor's other work after 64 pieces. The strand may be destroyed when nothing
/// that was submitted is still to be run; the executor must live until then.
///
/// Thread safety: `submit` from any thread.
class strand final : public any_executor {
 public:
  /// Throws std::bad_alloc.
  explicit strand(any_executor& runs_on);
  strand(const strand&) = delete;
  strand& operator=(const strand&) = delete;
  ~strand();

  void submit(work& w) noexcept override;

 private:
  class queue;
  std::shared_ptr<queue> queue_;
};

}  // namespace jackdaw
