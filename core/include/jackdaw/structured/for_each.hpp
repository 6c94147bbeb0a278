// SPDX-License-Identifier: MIT
// for_each: consumes a generator, and cleans it up however that ends.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <jackdaw/async_generator.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/cleanup.hpp>

namespace jackdaw {

namespace base {

template <class T, class F>
task<void> for_each_item(async_generator<T> items, F fn) {
  task<void> closing = items.close();  // now, so that leaving early needs no memory
  result_cell<void> body;
  try {
    for (;;) {
      auto item = co_await items.next();
      if (!item.has_value()) break;
      if constexpr (std::is_void_v<typename std::invoke_result_t<F&, T&>::value_type>) {
        co_await fn(*item);
      } else {
        const bool more = co_await fn(*item);
        if (!more) break;
      }
    }
    body.set_value();
  } catch (...) {
    body.set_current_exception();
  }
  result_cell<void> closed;
  co_await run_into(std::move(closing), closed);
  const bool well = body.kind() == outcome_kind::value;
  throw_after_cleanup(body.kind(), well ? nullptr : body.error(),
                      closed.kind() == outcome_kind::value ? nullptr : closed.error());
  body.take();
}

}  // namespace base

/// Awaits `fn(item)` for every item of a generator, one after the other; `fn`
/// returns task<> or, where it may stop early, task<bool>: false stops. However
/// this ends (items used up, false, an error of `fn` or of the generator, a
/// cancel), the generator has unwound and its cleanups have been awaited when
/// it does (S54); what that needs is there before the first item, or
/// std::bad_alloc is thrown instead of it. If both `fn` and a cleanup fail:
/// exception_group of both. No checkpoint of its own.
template <class T, class F>
  requires std::invocable<F&, T&>
auto for_each(async_generator<T> items, F fn) {
  static_assert(base::is_task<std::invoke_result_t<F&, T&>>::value,
                "jackdaw: what for_each calls must return jd::task<> or jd::task<bool>");
  return base::for_each_item(std::move(items), std::move(fn));
}

}  // namespace jackdaw
