// SPDX-License-Identifier: MIT
// std::stop_token, both ways: one that cancels an awaitable, and one that is stopped by a cancel.
#pragma once

#include <concepts>
#include <coroutine>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <variant>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/race.hpp>
#include <jackdaw/yield.hpp>

namespace jackdaw {

namespace base {

template <class T>
task<T> until_stopped(std::stop_token token, task<T> t) {
  const auto body = [&](cancel_scope& scope) -> task<T> {
    const auto cancel = [&scope] { scope.cancel("its std::stop_token was stopped"); };
    const std::stop_callback stop(token, cancel);
    co_await checkpoint();
    co_return co_await std::move(t);
  };
  co_return co_await with_cancel_scope(body);
}

/// A source, and whether the work that watches its token has ended by itself.
struct watched_stop {
  std::stop_source source;
  // Set by the work's end, read by the watcher, which it is cancelled after; orders nothing.
  atomic<bool> ended{false};
};

/// Waits for a cancel, by which alone it ends, and stops the source then: on a worker, not on the
/// stack of whoever cancels (S17).
class stop_when_cancelled {
 public:
  explicit stop_when_cancelled(watched_stop& s) noexcept : stop_(&s) {}

  class awaiter final : public waiter {
   public:
    awaiter(watched_stop& s, task_context& t) noexcept : waiter(t, unlink, "a cancel"), stop_(&s) {}
    bool await_ready() noexcept { return stop_requested(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return park_published(*this, h, [] { return true; });
    }
    void await_resume() {
      if (!stop_->ended.load(std::memory_order_relaxed)) stop_->source.request_stop();
      throw_if_cancelled();
    }

   private:
    static bool unlink(waiter&) noexcept { return true; }  // nobody grants it

    watched_stop* stop_;
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(*stop_, t); }

 private:
  watched_stop* stop_;
};

template <class T, class Body>
task<T> watched_body(watched_stop& stop, Body& body) {
  struct at_end {
    explicit at_end(watched_stop& s) noexcept : stop(&s) {}
    ~at_end() { stop->ended.store(true, std::memory_order_relaxed); }
    watched_stop* stop;
  };
  const at_end mark(stop);
  co_return co_await body(stop.source.get_token());
}

template <class T, class Body>
task<T> run_with_stop_source(Body body) {
  watched_stop stop;
  // In this order: a body that has begun is watched, whenever the cancel comes.
  auto ended = co_await race(stop_when_cancelled(stop), watched_body<T>(stop, body));
  if constexpr (std::is_void_v<T>) {
    co_return;
  } else {
    co_return std::get<1>(std::move(ended));
  }
}

}  // namespace base

/// Awaits something until `token` is stopped: as in with_cancel_scope, the work is cancelled then,
/// and when it has ended this returns, for a value throws no_result (or returns it, if there is one
/// all the same). The token may be stopped by any thread; that thread only requests. A token that
/// is stopped already: the work does not begin. A checkpoint.
template <awaitable A>
auto with_stop_token(std::stop_token token, A&& a) {
  return base::until_stopped(std::move(token), base::as_task(std::forward<A>(a)));
}

/// Runs `body(std::stop_token)`, for code that knows nothing of jackdaw: the token is stopped when
/// a cancellation reaches the task, soon after it and on a worker, so its callbacks must not block.
/// Returns what the body returns or throws what it throws.
template <class Body>
  requires std::invocable<Body&, std::stop_token>
auto with_stop_source(Body body) {
  using result = typename std::invoke_result_t<Body&, std::stop_token>::value_type;
  static_assert(!std::is_reference_v<result>, "jackdaw: the body must return a value or nothing");
  return base::run_with_stop_source<result>(std::move(body));
}

}  // namespace jackdaw
