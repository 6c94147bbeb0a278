// SPDX-License-Identifier: MIT
#include <jackdaw/structured/on_exit.hpp>

#include <jackdaw/run_on.hpp>

namespace jackdaw {

exit_list& exit_list::of(promise_base& p, result_access result) {
  if (p.exits == nullptr) {
    std::unique_ptr<exit_list> made(new exit_list(result));
    exit_list& list = *made;
    list.runner_ = run(std::move(made)).handle;
    p.exits = &list;
  }
  return *p.exits;
}

exit_list::runner exit_list::run(std::unique_ptr<exit_list> self) {
  exit_list& list = *self;
  while (list.actions_ != nullptr) {
    const std::unique_ptr<exit_action> action =
        std::exchange(list.actions_, std::move(list.actions_->next));
    const auto cleanup = [&action] { return action->run(); };
    const std::exception_ptr failed = co_await base::run_cleanup(cleanup, action->limit());
    if (failed == nullptr) continue;
    try {
      base::throw_after_cleanup(
          list.result_.kind(),
          list.result_.kind() == outcome_kind::value ? nullptr : list.result_.error(), failed);
    } catch (...) {
      list.result_.set_error(std::current_exception());
    }
  }
  if (list.home_ != nullptr) co_await base::hop(*list.home_);
  list.function_.destroy();
}

// At the final suspend of a function that has registered cleanups: they run before its
// continuation.
std::coroutine_handle<> promise_base::run_exits(promise_base& p,
                                                std::coroutine_handle<> frame) noexcept {
  exit_list& list = *p.exits;
  list.function_ = frame;
  list.runner_.promise().context = p.context;
  list.runner_.promise().continuation = p.continuation;
  return list.runner_;
}

}  // namespace jackdaw
