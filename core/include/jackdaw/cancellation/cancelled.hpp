// SPDX-License-Identifier: MIT
// The exception that unwinds a cancelled task.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>

#include <jackdaw/cancellation/reason.hpp>

namespace jackdaw {

/// Thrown at the checkpoints of a cancelled scope. It does not derive from std::exception, so that
/// a handler for errors does not swallow it by accident (S16). Catch it to clean up without
/// awaiting, then rethrow; where it is swallowed, the next checkpoint throws again.
class cancelled final {
 public:
  explicit cancelled(const cancel_reason& why) noexcept : reason_(why) {}
  [[nodiscard]] const cancel_reason& reason() const noexcept { return reason_; }

 private:
  cancel_reason reason_;
};

/// Stands in an exception_group for a `cancelled` that came from elsewhere: for instance from
/// awaiting a handle that somebody had cancelled, while the awaiting task's own scope was not
/// (S10). It is a programming error that went unhandled.
class foreign_cancelled final : public std::logic_error {
 public:
  foreign_cancelled(const std::string& what, const cancel_reason& why)
      : std::logic_error(what), reason_(why) {}
  [[nodiscard]] const cancel_reason& reason() const noexcept { return reason_; }

 private:
  cancel_reason reason_;
};

namespace base {
/// A foreign_cancelled for the `cancelled` in `e` (which may be null), that arrived in `where`
/// unasked. Keeps its reason.
[[nodiscard]] std::exception_ptr as_foreign(const std::exception_ptr& e, const std::string& where);
}  // namespace base

}  // namespace jackdaw
