// SPDX-License-Identifier: MIT
// The errors that structured concurrency itself throws.
#pragma once

#include <stdexcept>
#include <string>

namespace jackdaw {

/// A deadline of one's own passed (S36).
class timeout_error : public std::runtime_error {
 public:
  timeout_error()
      : std::runtime_error("jackdaw: the deadline passed before the operation had ended") {}
  explicit timeout_error(const std::string& what) : std::runtime_error(what) {}
};

/// A cleanup took longer than its grace and was cancelled (S43).
class cleanup_timeout final : public timeout_error {
 public:
  cleanup_timeout()
      : timeout_error("jackdaw: the cleanup took longer than its grace and was cancelled") {}
};

/// A group or scope was cancelled before its body had returned the value that the caller expects.
class no_result final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A spawn through a group's handle came after the group's end (S5).
class group_closed final : public std::runtime_error {
 public:
  group_closed()
      : std::runtime_error(
            "jackdaw: the task group has ended; nothing can be spawned in it any more") {}
};

/// The result of a task was asked for before its end, without waiting.
class not_finished final : public std::logic_error {
 public:
  not_finished()
      : std::logic_error(
            "jackdaw: the task has not ended yet; co_await its handle, or ask done() first") {}
};

/// run() was called on a worker: it would block the worker that it needs. Await the task instead
/// (S50).
class nested_run_error final : public std::logic_error {
 public:
  nested_run_error()
      : std::logic_error(
            "jackdaw: run() was called on a worker of a runtime, where it would wait for itself; "
            "co_await the task instead") {}
};

/// A broken assumption, such as bad configuration. It passes through groups bare, after the join
/// (S57).
class fatal_error : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace jackdaw
