// SPDX-License-Identifier: MIT
// The outcome of a task as a value.
#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <jackdaw/cancellation/cancelled.hpp>
#include <jackdaw/coroutine/result_cell.hpp>

namespace jackdaw {

/// How a task ended: with a value, an error, or cancelled. A plain value; as thread-safe as T.
template <class T>
class outcome {
 public:
  using stored_type = base::stored<T>;

  [[nodiscard]] static outcome of_value(stored_type v) {
    return outcome(std::optional<stored_type>(std::move(v)), nullptr, false);
  }
  [[nodiscard]] static outcome of_error(std::exception_ptr e) noexcept {
    return outcome(std::nullopt, std::move(e), false);
  }
  /// `e` holds a jd::cancelled.
  [[nodiscard]] static outcome of_cancelled(std::exception_ptr e) noexcept {
    return outcome(std::nullopt, std::move(e), true);
  }

  [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
  /// The value, or throws the error, or throws `cancelled`.
  [[nodiscard]] stored_type& value() & { return check(), *value_; }
  [[nodiscard]] const stored_type& value() const& { return check(), *value_; }
  [[nodiscard]] stored_type&& value() && { return check(), std::move(*value_); }
  /// The error; null for a value and for a cancelled task.
  [[nodiscard]] std::exception_ptr error() const noexcept { return cancelled_ ? nullptr : error_; }
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

 private:
  outcome(std::optional<stored_type> v, std::exception_ptr e, bool was_cancelled) noexcept
      : value_(std::move(v)), error_(std::move(e)), cancelled_(was_cancelled) {}
  void check() const {
    if (!value_.has_value()) std::rethrow_exception(error_);
  }

  std::optional<stored_type> value_;
  std::exception_ptr error_;
  bool cancelled_;
};

namespace base {

/// Moves a cell's outcome into a value. A cancelled one without an exception of its own gets `why`.
template <class T>
outcome<T> to_outcome(result_cell<T>& cell, const cancel_reason& why) {
  switch (cell.kind()) {
    case outcome_kind::value: return outcome<T>::of_value(std::move(cell.value()));
    case outcome_kind::error: return outcome<T>::of_error(cell.error());
    default:
      return outcome<T>::of_cancelled(cell.kind() == outcome_kind::cancelled &&
                                              cell.error() != nullptr
                                          ? cell.error()
                                          : std::make_exception_ptr(cancelled(why)));
  }
}

}  // namespace base
}  // namespace jackdaw
