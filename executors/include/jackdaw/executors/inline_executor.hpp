// SPDX-License-Identifier: MIT
// An executor without threads: it runs work where it is submitted.
#pragma once

#include <jackdaw/executor.hpp>

namespace jackdaw {

/// Runs work on the submitting thread, before `submit` returns; what is submitted from inside of
/// such work runs after it, in order, so that the stack does not grow. Usually you want something
/// else: a task on this executor goes on inside whatever call wakes it, a timer's or another
/// task's. Good for tests and for short continuations that do not wait.
///
/// Thread safety: `submit` from any thread; each runs what it submits.
class inline_executor final : public any_executor {
 public:
  void submit(work& w) noexcept override;
};

}  // namespace jackdaw
