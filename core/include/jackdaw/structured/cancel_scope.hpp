// SPDX-License-Identifier: MIT
// with_cancel_scope: a region that can be cancelled on its own.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/errors.hpp>

namespace jackdaw {

/// A counted handle to a cancel scope, for other threads; may outlive it. Any thread; a copyable
/// value.
class cancel_handle {
 public:
  /// False if the scope has ended or was cancelled before. `asking`: the task that asks, by its
  /// this_task::id, for the reason (S27).
  bool cancel(reason_text why = {}, std::uint64_t asking = 0) const noexcept;

 private:
  friend class cancel_scope;
  struct control {
    base::small_mutex lock;
    scope* target;  // null after the end; guarded by lock
  };
  explicit cancel_handle(scope& s) : control_(std::make_shared<control>()) {
    control_->target = &s;
  }

  std::shared_ptr<control> control_;
};

/// What the body of with_cancel_scope sees of its scope.
///
/// Thread safety: `cancel` and `cancel_requested` from any thread while the body runs; `uncancel`
/// and `handle` by the body.
class cancel_scope {
 public:
  cancel_scope(const cancel_scope&) = delete;
  cancel_scope& operator=(const cancel_scope&) = delete;

  /// Requests cancellation of everything inside. The first reason wins; false if there was a
  /// request already.
  bool cancel(reason_text why = {}) noexcept {
    return scope_.cancel(
        cancel_reason(cancel_kind::explicit_request, why, scope_.owner()->id_hint()));
  }
  [[nodiscard]] bool cancel_requested() const noexcept { return scope_.requested(); }
  /// Takes this scope's own request back (S20). False if there was none.
  bool uncancel() noexcept { return scope_.uncancel(); }
  /// For those who may outlive the scope. Throws std::bad_alloc.
  [[nodiscard]] cancel_handle handle() {
    if (handle_ == nullptr) handle_ = std::make_unique<cancel_handle>(cancel_handle(scope_));
    return *handle_;
  }

 private:
  template <class R, class Body>
  friend task<R> run_cancel_scope(Body body);
  explicit cancel_scope(task_context& owner) noexcept : scope_(owner.current, &owner) {}

  void detach_handle() noexcept;
  /// After the end: was it this scope's own request that ended the body?
  [[nodiscard]] bool caught(outcome_kind how) noexcept {
    return how == outcome_kind::cancelled && scope_.requested() && !scope_.parent_effective_now();
  }

  block_scope scope_;
  std::unique_ptr<cancel_handle> handle_;
};

template <class R, class Body>
task<R> run_cancel_scope(Body body) {
  task_context& me = co_await base::this_context();
  cancel_scope s(me);
  task<R> inner = body(s);
  result_cell<R> cell;
  me.current = &s.scope_;
  co_await base::run_into(std::move(inner), cell);
  s.detach_handle();
  co_await base::close_scope(s.scope_);
  me.current = s.scope_.parent();
  if (s.caught(cell.kind())) {
    if constexpr (std::is_void_v<R>) {
      co_return;
    } else {
      throw no_result("jackdaw: the scope was cancelled before its body returned a value: " +
                      std::string(s.scope_.own_reason().text()));
    }
  }
  co_return cell.take();
}

/// Runs `body(scope)` in a scope of its own. After `scope.cancel()` the body is unwound at its next
/// checkpoint; then, for a void body, this returns, otherwise it throws no_result (or returns the
/// value if the body did). A cancellation from outside passes through.
template <class Body>
  requires std::invocable<Body&, cancel_scope&>
auto with_cancel_scope(Body body) {
  return run_cancel_scope<typename std::invoke_result_t<Body&, cancel_scope&>::value_type>(
      std::move(body));
}

}  // namespace jackdaw
