// SPDX-License-Identifier: MIT
// Where a task's outcome goes: a cell in the awaiting frame, in a gather, or in a spawned task's
// block.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include <jackdaw/cancellation/cancelled.hpp>

namespace jackdaw {

/// How a task ended.
enum class outcome_kind : std::uint8_t { pending, value, error, cancelled };

namespace base {

/// Is the exception that is being handled right now `jd::cancelled`? Costs no reference count.
[[nodiscard]] bool handling_cancelled() noexcept;

/// void and references as something that can be stored.
template <class T>
using stored =
    std::conditional_t<std::is_void_v<T>, std::monostate,
                       std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*,
                                          std::remove_const_t<T>>>;

}  // namespace base

/// The part of a cell that does not depend on the type.
class result_cell_base {
 public:
  result_cell_base() noexcept = default;
  result_cell_base(const result_cell_base&) = delete;
  result_cell_base& operator=(const result_cell_base&) = delete;

  [[nodiscard]] outcome_kind kind() const noexcept { return kind_; }

 protected:
  ~result_cell_base() = default;
  outcome_kind kind_ = outcome_kind::pending;
};

/// One outcome {value | error | cancelled}, set at most once. The error of a cancelled one may be
/// null where nobody will look at it. Not thread-safe: whoever publishes the end of the task orders
/// the accesses.
template <class T>
class result_cell final : public result_cell_base {
 public:
  using stored_type = base::stored<T>;
  static_assert(alignof(stored_type) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__,
                "the result of a task lies in a coroutine's frame, and no compiler aligns those "
                "beyond what operator new does: return a std::unique_ptr to it");

  result_cell() noexcept {}
  ~result_cell() { destroy(); }

  template <class... U>
  void set_value(U&&... v) noexcept(std::is_nothrow_constructible_v<stored_type, U...>) {
    std::construct_at(std::addressof(value_), std::forward<U>(v)...);
    kind_ = outcome_kind::value;
  }

  void set_error(std::exception_ptr e) noexcept { hold(outcome_kind::error, std::move(e)); }
  void set_cancelled(std::exception_ptr e) noexcept { hold(outcome_kind::cancelled, std::move(e)); }

  /// Inside a handler: keeps what is being handled.
  void set_current_exception() noexcept {
    const outcome_kind k =
        base::handling_cancelled() ? outcome_kind::cancelled : outcome_kind::error;
    hold(k, std::current_exception());
  }

  [[nodiscard]] stored_type& value() noexcept { return value_; }
  [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_; }

  /// The value, moved out; or throws what the cell holds.
  T take() {
    if (kind_ != outcome_kind::value) [[unlikely]]
      std::rethrow_exception(error_);
    if constexpr (std::is_void_v<T>) {
      return;
    } else if constexpr (std::is_reference_v<T>) {
      return static_cast<T>(*value_);
    } else {
      return std::move(value_);
    }
  }

  void clear() noexcept {
    destroy();
    kind_ = outcome_kind::pending;
  }

 private:
  void destroy() noexcept {
    if (kind_ == outcome_kind::value) {
      std::destroy_at(std::addressof(value_));
    } else if (kind_ != outcome_kind::pending) [[unlikely]] {
      std::destroy_at(std::addressof(error_));
    }
  }
  void hold(outcome_kind k, std::exception_ptr e) noexcept {
    clear();  // a value whose coroutine then threw while unwinding its locals
    std::construct_at(std::addressof(error_), std::move(e));
    kind_ = k;
  }

  union {
    stored_type value_;
    std::exception_ptr error_;
  };
};

/// A cell of any type, as those see it who care for errors only. A value; as good as the cell
/// lives.
class result_access {
 public:
  template <class T>
  explicit result_access(result_cell<T>& cell) noexcept
      : cell_(&cell),
        error_([](result_cell_base& c) noexcept -> const std::exception_ptr& {
          return static_cast<result_cell<T>&>(c).error();
        }),
        set_error_([](result_cell_base& c, std::exception_ptr e) noexcept {
          static_cast<result_cell<T>&>(c).set_error(std::move(e));
        }) {}

  [[nodiscard]] outcome_kind kind() const noexcept { return cell_->kind(); }
  /// Only of an error or a cancelled one.
  [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_(*cell_); }
  void set_error(std::exception_ptr e) const noexcept { set_error_(*cell_, std::move(e)); }

 private:
  result_cell_base* cell_;
  const std::exception_ptr& (*error_)(result_cell_base&) noexcept;
  void (*set_error_)(result_cell_base&, std::exception_ptr) noexcept;
};

}  // namespace jackdaw
