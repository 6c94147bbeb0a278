// SPDX-License-Identifier: MIT
// on_exit and attach: cleanup for the rest of a function body, Go's defer and Python's
// AsyncExitStack in one.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include <jackdaw/coroutine/promise.hpp>
#include <jackdaw/coroutine/result_cell.hpp>
#include <jackdaw/structured/cleanup.hpp>
#include <jackdaw/structured/timeout_option.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

/// One registered cleanup.
class exit_action {
 public:
  /// Throws std::bad_alloc, so that nothing can fail when it is due.
  explicit exit_action(std::optional<timeout> limit)
      : cleanup_(base::run_cleanup([this] { return run(); }, limit)) {}
  exit_action(const exit_action&) = delete;
  exit_action& operator=(const exit_action&) = delete;
  virtual ~exit_action() { cleanup_.discard(); }
  /// Is there something to run? Asked when the body has ended, and again when its frame is gone.
  [[nodiscard]] virtual bool due() const noexcept { return true; }
  /// Once: runs it. Its error, or null.
  [[nodiscard]] task<std::exception_ptr> cleanup() noexcept { return std::move(cleanup_); }

  std::unique_ptr<exit_action> next;

 private:
  [[nodiscard]] virtual task<void> run() = 0;

  task<std::exception_ptr> cleanup_;
};

/// The cleanups of one function, and the coroutine that will run them: created with the first one,
/// so that nothing can fail at the end.
class exit_list {
 public:
  /// The list of a function; creates it if need be. Throws std::bad_alloc.
  static exit_list& of(promise_base& p, result_access result);

  void push(std::unique_ptr<exit_action> a) noexcept {
    a->next = std::move(actions_);
    actions_ = std::move(a);
  }

  /// Where the outcome of the function is, if that is known at its end only.
  void report_to(result_access result) noexcept { result_ = result; }
  /// Nothing will be run any more; the list is gone after this.
  void discard() noexcept { runner_.destroy(); }

  /// The function has moved to another executor: at its end it moves back here. The first one
  /// counts.
  void return_to(any_executor& e) noexcept {
    if (home_ == nullptr) home_ = &e;
  }

 private:
  friend class promise_base;

  /// The coroutine that runs after the function: not a task, as it ends with the function's own
  /// continuation.
  class runner {
   public:
    class promise_type final : public promise_base {
     public:
      runner get_return_object() noexcept {
        return runner(std::coroutine_handle<promise_type>::from_promise(*this));
      }
      void return_void() const noexcept {}
      [[noreturn]] void unhandled_exception() const noexcept {
        std::terminate();
      }  // its body catches everything
    };
    explicit runner(std::coroutine_handle<promise_type> h) noexcept : handle(h) {}
    std::coroutine_handle<promise_type> handle;
  };

  explicit exit_list(result_access result) noexcept : result_(result) {}
  static runner run(std::unique_ptr<exit_list> self);
  [[nodiscard]] std::unique_ptr<exit_action> take_due() noexcept;
  void add_error(const std::exception_ptr& failed) noexcept;

  std::unique_ptr<exit_action> actions_;
  result_access result_;
  any_executor* home_ = nullptr;
  std::coroutine_handle<> function_;  // the frame, suspended at its end
  std::coroutine_handle<runner::promise_type> runner_;
};

namespace base {

template <class F, class... Args>
class exit_call final : public exit_action {
 public:
  template <class G, class... As>
  exit_call(std::optional<timeout> limit, G&& f, As&&... args)
      : exit_action(limit), parts_(std::forward<G>(f), std::forward<As>(args)...) {}

 private:
  task<void> run() override {
    return std::apply(
        [](F& f, Args&... args) {
          return std::invoke(f, static_cast<std::unwrap_reference_t<Args>&&>(args)...);
        },
        parts_);
  }

  std::tuple<F, Args...> parts_;
};

template <class Resource>
class exit_close final : public exit_action {
 public:
  exit_close(Resource&& r, std::optional<timeout> limit)
      : exit_action(limit), resource(std::move(r)) {}

  Resource resource;

 private:
  task<void> run() override { return resource.close(); }
};

/// Registers an action with the function that awaits this; gives what `Result` says.
template <class Action, class Result>
class registration {
 public:
  explicit registration(std::unique_ptr<Action> a) noexcept : action_(std::move(a)) {}

  class awaiter {
   public:
    awaiter(std::unique_ptr<Action> a, promise_base& p, result_access r) noexcept
        : action_(std::move(a)), promise_(&p), result_(r) {}
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    Result await_resume() {
      Action& action = *action_;
      exit_list::of(*promise_, result_).push(std::move(action_));
      if constexpr (!std::is_void_v<Result>) return action.resource;
    }

   private:
    std::unique_ptr<Action> action_;
    promise_base* promise_;
    result_access result_;
  };
  awaiter bind_function(promise_base& p, result_access r) && noexcept {
    return awaiter(std::move(action_), p, r);
  }

 private:
  std::unique_ptr<Action> action_;
};

}  // namespace base

/// `co_await jd::on_exit(fn, args...)`: when this function body has ended, by value, error or
/// cancel, `fn(args...)` is awaited, shielded and within the runtime's grace; the latest registered
/// first (S43). Locals of the body are gone by then: pass what it needs. Registering is no
/// checkpoint. A failing cleanup adds its error: exception_group{body's, cleanup's}; of a body that
/// was cancelled, its error.
template <class F, class... Args>
  requires std::invocable<std::decay_t<F>&, std::unwrap_ref_decay_t<Args>...>
auto on_exit(F&& fn, Args&&... args) {
  using action = base::exit_call<std::decay_t<F>, std::decay_t<Args>...>;
  return base::registration<action, void>(
      std::make_unique<action>(std::nullopt, std::forward<F>(fn), std::forward<Args>(args)...));
}

/// `connection& c = co_await jd::attach(std::move(conn))`: keeps a resource for the rest of this
/// function body and awaits its `task<> close()` at the end, as on_exit does. The reference is good
/// until then.
template <class Resource>
auto attach(Resource&& resource, std::optional<timeout> limit = std::nullopt) {
  static_assert(!std::is_lvalue_reference_v<Resource>,
                "jackdaw: attach takes the resource over: write std::move(resource)");
  using action = base::exit_close<std::remove_cvref_t<Resource>>;
  return base::registration<action, std::remove_cvref_t<Resource>&>(
      std::make_unique<action>(std::move(resource), limit));
}

}  // namespace jackdaw
