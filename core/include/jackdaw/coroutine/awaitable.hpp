// SPDX-License-Identifier: MIT
// Turns whatever a combinator was given into a task.
#pragma once

#include <type_traits>
#include <utility>

#include <jackdaw/task.hpp>

namespace jackdaw::base {

template <class A>
struct is_task : std::false_type {};
template <class T>
struct is_task<task<T>> : std::true_type {};

template <class T>
task<T> as_task(task<T>&& t) noexcept {
  return std::move(t);
}

template <awaitable A>
task<await_result_t<A>> own_awaitable(A a) {
  co_return co_await std::move(a);
}
/// An awaitable is moved into a task of its own.
template <awaitable A>
  requires(!std::is_lvalue_reference_v<A> && !is_task<std::remove_cvref_t<A>>::value)
task<await_result_t<A>> as_task(A&& a) {
  return own_awaitable(std::forward<A>(a));
}

/// An lvalue (a join_handle, say) is awaited where it is.
template <awaitable A>
task<await_result_t<A&>> as_task_of(A* a) {
  co_return co_await *a;
}
template <awaitable A>
task<await_result_t<A&>> as_task(A& a) {
  return as_task_of(&a);
}

template <class A>
using task_result = typename decltype(as_task(std::declval<A>()))::value_type;

}  // namespace jackdaw::base
