// SPDX-License-Identifier: MIT
// The handle of a spawned task.
#pragma once

#include <utility>

#include <jackdaw/structured/child.hpp>

namespace jackdaw {

/// What `spawn` returns: awaits, asks and cancels one task. Dropping it neither cancels nor
/// detaches the task, which belongs to its group; the handle may outlive the group.
///
/// `co_await handle` is a checkpoint; it throws what the task threw, `cancelled` if the task was,
/// or `cancelled` because the awaiting task was cancelled. An lvalue gives `T const&`, an rvalue
/// moves the value out.
///
/// Thread safety: `cancel` and `done` from any thread as long as the handle lives; the rest by one
/// task at a time. Memory ordering: everything that the task did happens before the statement after
/// the await (S1).
template <class T>
class join_handle {
 public:
  join_handle() noexcept = default;
  join_handle(join_handle&& other) noexcept
      : child_(std::exchange(other.child_, nullptr)), cell_(std::exchange(other.cell_, nullptr)) {}
  join_handle& operator=(join_handle&& other) noexcept {
    join_handle taken(std::move(other));
    std::swap(child_, taken.child_);
    std::swap(cell_, taken.cell_);
    return *this;
  }
  ~join_handle() {
    if (child_ != nullptr) child_->drop_handle();
  }

  /// Has the task ended?
  [[nodiscard]] bool done() const noexcept { return child_->done(); }

  /// Has the task ended with an error? Not if it was cancelled.
  [[nodiscard]] bool failed() const noexcept {
    return child_->done() && cell_->kind() == outcome_kind::error;
  }

  /// Requests cancellation of this task only; that is no failure of its group (S12). Any thread.
  /// False if it has ended, or was cancelled before. `asking`: the task that asks, by its
  /// this_task::id, for the reason (S27).
  bool cancel(reason_text why = {}, std::uint64_t asking = 0) const noexcept {
    return child_->cancel(cancel_reason(cancel_kind::explicit_request, why, asking));
  }

  /// The value of a task that has ended, or throws what it threw; not_finished if it has not ended.
  std::add_lvalue_reference_t<const base::stored<T>> result() const {
    if (!child_->done()) throw not_finished();
    if (cell_->kind() != outcome_kind::value) std::rethrow_exception(cell_->error());
    return cell_->value();
  }

  class awaiter : public child_base::done_awaiter {
   public:
    awaiter(child_base& c, result_cell<T>& cell, task_context& t) noexcept
        : done_awaiter(c, t), cell_(&cell) {}
    decltype(auto) await_resume() {
      this->throw_if_cancelled();
      if (cell_->kind() != outcome_kind::value) std::rethrow_exception(cell_->error());
      if constexpr (!std::is_void_v<T>) return static_cast<const base::stored<T>&>(cell_->value());
    }

   protected:
    result_cell<T>* cell_;
  };
  class moving_awaiter final : public awaiter {
   public:
    using awaiter::awaiter;
    T await_resume() {
      this->throw_if_cancelled();
      return this->cell_->take();
    }
  };

  awaiter bind(task_context& t) & noexcept { return awaiter(*child_, *cell_, t); }
  moving_awaiter bind(task_context& t) && noexcept { return moving_awaiter(*child_, *cell_, t); }

  /// For combinators and owners.
  [[nodiscard]] child_base* base() const noexcept { return child_; }

 private:
  friend class task_group;
  friend class background_tasks;
  join_handle(child_base& c, result_cell<T>& cell) noexcept : child_(&c), cell_(&cell) {}

  child_base* child_ = nullptr;
  result_cell<T>* cell_ = nullptr;
};

}  // namespace jackdaw
