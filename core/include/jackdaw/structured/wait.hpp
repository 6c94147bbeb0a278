// SPDX-License-Identifier: MIT
// wait: watches a number of spawned tasks without touching them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/join_handle.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/structured/timeout_option.hpp>
#include <jackdaw/yield.hpp>

namespace jackdaw {

/// What wait() waits for.
enum class wait_until : std::uint8_t {
  first_completed,  ///< one has ended, in whatever way
  first_exception,  ///< one has ended with an error (not: was cancelled), or all have ended
  all_completed,    ///< all have ended
};

/// Who has ended when wait() returned: indices into its handles, in order; each is in one of the
/// two.
struct wait_result {
  std::vector<std::size_t> done;
  std::vector<std::size_t> pending;
};

namespace base {

/// Waits for the end of a spawned task, whatever it is.
class ended_operation {
 public:
  explicit ended_operation(child_base& c) noexcept : child_(&c) {}
  class awaiter final : public child_base::done_awaiter {
   public:
    using done_awaiter::done_awaiter;
    void await_resume() const { throw_if_cancelled(); }
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(*child_, t); }

 private:
  child_base* child_;
};

/// Handles of one wait(), which somebody else owns.
template <class T>
using watched = std::vector<const join_handle<T>*>;

template <class T>
bool decides(const join_handle<T>& h, wait_until what) noexcept {
  return what == wait_until::first_completed || (what == wait_until::first_exception && h.failed());
}

template <class T>
bool enough_ended(const watched<T>& handles, wait_until what) noexcept {
  bool all = true;
  for (const auto* h : handles) {
    if (h->done() && decides(*h, what)) return true;
    all = all && h->done();
  }
  return all;
}

template <class T>
task<void> watch_one(const join_handle<T>& h, wait_until what, scope& watch) {
  co_await ended_operation(*h.base());
  if (decides(h, what)) watch.cancel(cancel_reason(cancel_kind::race_lost));
}

/// One small task per handle, in a scope that whoever decides cancels.
template <class T>
task<void> watch_all(const watched<T>& handles, wait_until what) {
  task_context& me = co_await this_context();
  block_scope watch(me.current, &me);
  std::vector<task<void>> watchers;
  watchers.reserve(handles.size());
  for (const auto* h : handles) watchers.push_back(watch_one(*h, what, watch));
  result_cell<std::vector<outcome<void>>> cell;
  me.current = &watch;
  co_await run_into(own_awaitable(gather_settled(std::move(watchers))), cell);
  co_await close_scope(watch);
  me.current = watch.parent();
  cell.take();
  if (!enough_ended(handles, what)) co_await checkpoint();  // a cancel from outside
}

template <class T>
task<wait_result> wait_for(watched<T> handles, wait_until what, std::optional<timeout> limit) {
  co_await checkpoint();
  if (!enough_ended(handles, what)) {
    if (limit.has_value()) {
      (void)co_await move_on_after(limit->after, watch_all(handles, what));
    } else {
      co_await watch_all(handles, what);
    }
  }
  wait_result r;
  for (std::size_t i = 0; i != handles.size(); ++i)
    (handles[i]->done() ? r.done : r.pending).push_back(i);
  co_return r;
}

template <class H>
struct handle_value;
template <class T>
struct handle_value<join_handle<T>> {
  using type = T;
};

template <class R>
concept range_of_handles = std::ranges::input_range<R> && requires {
  typename handle_value<std::remove_cvref_t<std::ranges::range_reference_t<R>>>::type;
};

}  // namespace base

/// Waits until some, or all, of the tasks have ended, or the time is up, and says which: `auto w =
/// co_await jd::wait(handles, jd::wait_until::first_completed, jd::timeout{1s})`. It never cancels
/// or throws for a task: ask the handles in `w.done` for their results. A checkpoint; cancelling
/// the waiter leaves the tasks running (S56). `handles`: a container of join_handles that lives
/// until this has ended, or a view of one.
template <base::range_of_handles R>
auto wait(R&& handles, wait_until what = wait_until::all_completed,
          std::optional<timeout> limit = std::nullopt) {
  static_assert(std::is_lvalue_reference_v<R> || std::ranges::view<std::remove_cvref_t<R>>,
                "jackdaw: wait() only looks at the handles: keep their container in a variable");
  static_assert(std::is_lvalue_reference_v<std::ranges::range_reference_t<R>>,
                "jackdaw: wait() needs a range of the handles themselves, not of copies");
  using value =
      typename base::handle_value<std::remove_cvref_t<std::ranges::range_reference_t<R>>>::type;
  base::watched<value> all;
  for (const auto& h : handles) all.push_back(&h);
  return base::wait_for<value>(std::move(all), what, limit);
}

}  // namespace jackdaw
