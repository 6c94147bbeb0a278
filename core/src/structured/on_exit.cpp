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

std::unique_ptr<exit_action> exit_list::take_due() noexcept {
  std::unique_ptr<exit_action>* place = &actions_;
  while (*place != nullptr && !(*place)->due()) place = &(*place)->next;
  if (*place == nullptr) return nullptr;
  std::unique_ptr<exit_action> taken = std::move(*place);
  *place = std::move(taken->next);
  return taken;
}

void exit_list::add_error(const std::exception_ptr& failed) noexcept {
  const bool well = result_.kind() == outcome_kind::value;
  try {
    base::throw_after_cleanup(result_.kind(), well ? nullptr : result_.error(), failed);
  } catch (...) {
    result_.set_error(std::current_exception());
  }
}

// Once with the frame at its end, and once more when it is gone, as its parameters may leave
// something behind.
exit_list::runner exit_list::run(std::unique_ptr<exit_list> self) {
  exit_list& list = *self;
  for (bool frame_gone = false;; frame_gone = true) {
    while (const std::unique_ptr<exit_action> action = list.take_due()) {
      const std::exception_ptr failed = co_await action->cleanup();
      if (failed != nullptr) list.add_error(failed);
    }
    if (frame_gone) co_return;
    if (list.home_ != nullptr) co_await base::hop(*list.home_);
    list.function_.destroy();
  }
}

std::coroutine_handle<> promise_base::end_unusually(promise_base& p,
                                                    std::coroutine_handle<> frame) noexcept {
  if (p.exits != nullptr) return run_exits(p, frame);
  task_context& task = *p.context;
  frame.destroy();
  return task.finish(task);
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
