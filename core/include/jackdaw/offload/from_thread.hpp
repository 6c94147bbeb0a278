// SPDX-License-Identifier: MIT
// What a function that was sent away with to_thread or offload can ask, and what it can have done
// by the task that sent it.
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/cancelled.hpp>
#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/offload/offloaded_call.hpp>
#include <jackdaw/structured/child.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw::base {

/// Where a thread waits for the end of a task.
class end_of_task {
 public:
  end_of_task() noexcept = default;
  end_of_task(const end_of_task&) = delete;
  end_of_task& operator=(const end_of_task&) = delete;

  void wait() noexcept;

  /// A parameter of the task: destroyed with its frame, whether it ran or not.
  class notice {
   public:
    explicit notice(end_of_task& e) noexcept : end_(&e) {}
    notice(notice&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
    notice& operator=(notice&&) = delete;
    ~notice() {
      if (end_ != nullptr) end_->announce();
    }

   private:
    end_of_task* end_;
  };

 private:
  void announce() noexcept;

  // Set by the task's last step (release), read by the thread (acquire), which sleeps on it.
  atomic<std::uint32_t> ended_{0};
};

/// The first parameter is destroyed last.
template <class T>
task<void> run_for_thread(end_of_task::notice, task<T> t, result_cell<T>* cell) {
  co_await run_into(std::move(t), *cell);
}

template <class Call>
task<void> run_posted(Call call) {
  if constexpr (is_task<std::invoke_result_t<Call&>>::value) {
    co_await call();
  } else {
    call();
    co_return;
  }
}

/// The call that the calling thread runs; throws std::logic_error, which says what to do, if there
/// is none that a task could be run for.
[[nodiscard]] offloaded_call_base& call_that_may_run();
[[nodiscard]] offloaded_call_base& call_that_may_post();
[[noreturn]] void throw_not_begun(offloaded_call_base& call);

}  // namespace jackdaw::base

namespace jackdaw::from_thread {

/// Has the task that sent the calling function away been cancelled? A long function looks here now
/// and then. False on a thread that runs no such function.
[[nodiscard]] bool cancel_requested() noexcept;

/// Throws `cancelled` with the reason if so; let it pass, and it is what the waiting task sees.
void check_cancelled();

/// Inside a function of to_thread: runs a task where the waiting task runs, as a child in its scope
/// (S53), and blocks until it has ended; its value, or throws what it threw. A cancel of the
/// waiting task reaches it: throws `cancelled`; if it had not begun, it never does.
///
/// Throws std::logic_error, with the cure, in a burst (which must not wait), in a function that
/// may be abandoned (whose scope may be gone), and on every other thread.
template <class T>
T run(task<T> t) {
  offloaded_call_base& call = base::call_that_may_run();
  result_cell<T> cell;
  base::end_of_task end;
  call.spawn(base::run_for_thread(base::end_of_task::notice(end), std::move(t), &cell));
  end.wait();
  if (cell.kind() == outcome_kind::pending) base::throw_not_begun(call);
  return cell.take();
}

/// Inside a function of to_thread or offload: has `fn(args...)`, a function or a coroutine, called
/// where the waiting task runs, as a child in its scope, and does not wait for it (asyncio's
/// call_soon_threadsafe). The waiting task goes on after the function and everything that it has
/// posted have ended. What is thrown goes to on_unhandled. Callable and arguments are decayed.
///
/// Throws std::logic_error as `run` does, but may be used in a burst; std::bad_alloc.
template <class F, class... Args>
  requires std::invocable<std::decay_t<F>&, std::unwrap_ref_decay_t<Args>...>
void post(F&& fn, Args&&... args) {
  using call = owned_call<std::decay_t<F>, std::decay_t<Args>...>;
  base::call_that_may_post().spawn(
      base::run_posted(call(std::in_place, std::forward<F>(fn), std::forward<Args>(args)...)));
}

}  // namespace jackdaw::from_thread
