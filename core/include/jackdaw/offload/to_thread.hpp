// SPDX-License-Identifier: MIT
// to_thread: a function that blocks, on a thread that may.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include <jackdaw/offload/abandonable_call.hpp>
#include <jackdaw/offload/from_thread.hpp>
#include <jackdaw/offload/thread_call.hpp>
#include <jackdaw/offload/thread_options.hpp>
#include <jackdaw/structured/child.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

template <class R, class Call>
task<R> call_in_thread(thread_options options, Call call) {
  if (options.on_cancel == on_cancel::abandon) {
    auto job = std::make_unique<abandonable_job<Call>>(std::move(call));
    if (options.limiter != nullptr) {
      job->hold(co_await options.limiter->acquire_on_behalf_of(job.get()));
    }
    co_return co_await abandonable_call<Call>(options.pool.get(), std::move(job));
  }
  capacity_limiter::token token;
  if (options.limiter != nullptr) {
    token = co_await options.limiter->acquire_on_behalf_of(&token);
  }
  co_return co_await thread_call<Call>(options.pool.get(), std::move(call));
}

/// Calls `fn(args...)` on a thread that may block, and returns what it returns or throws what it
/// throws: `auto text = co_await jd::to_thread(read_file, path);`. For files, getaddrinfo,
/// libraries that wait. For long computations use `offload`.
///
/// Callable and arguments are decayed into the job; pass references as std::ref. A checkpoint. If
/// it is cancelled before the function has begun, the function never runs. Once it runs, the task
/// waits for it, the result is delivered, and the request stays pending for the next checkpoint
/// (S52); the function may look at `from_thread::check_cancelled`. Throws std::system_error if no
/// thread could be started.
template <class F, class... Args>
  requires std::invocable<std::decay_t<F>&, std::unwrap_ref_decay_t<Args>...>
auto to_thread(F&& fn, Args&&... args) {
  using call = owned_call<std::decay_t<F>, std::decay_t<Args>...>;
  return thread_call<call>(nullptr,
                           call(std::in_place, std::forward<F>(fn), std::forward<Args>(args)...));
}

/// The same with options: another pool, a limiter, or abandonment. A task that waits for the
/// limiter is cancelled without having borrowed a token; the token goes back when the function has
/// ended. Each function is a borrower of its own.
template <class F, class... Args>
  requires std::invocable<std::decay_t<F>&, std::unwrap_ref_decay_t<Args>...>
auto to_thread(thread_options options, F&& fn, Args&&... args) {
  using call = owned_call<std::decay_t<F>, std::decay_t<Args>...>;
  return call_in_thread<std::invoke_result_t<call&>>(
      options, call(std::in_place, std::forward<F>(fn), std::forward<Args>(args)...));
}

/// The same with a word on cancellation. `abandon`: a cancelled task goes on at once and the
/// function ends alone, so it must not use what the task owns; its result is destroyed on its
/// thread, an error goes to the runtime's on_unhandled, and the runtime waits for it at its end.
template <class F, class... Args>
  requires std::invocable<std::decay_t<F>&, std::unwrap_ref_decay_t<Args>...>
auto to_thread(on_cancel what, F&& fn, Args&&... args) {
  return to_thread(thread_options{{}, nullptr, what}, std::forward<F>(fn),
                   std::forward<Args>(args)...);
}

}  // namespace jackdaw
