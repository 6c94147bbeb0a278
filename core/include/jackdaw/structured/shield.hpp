// SPDX-License-Identifier: MIT
// shield: what must not be interrupted from outside.
#pragma once

#include <utility>

#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/coroutine/run_into.hpp>

namespace jackdaw {

namespace base {

template <class T>
task<T> shielded(task<T> t) {
  task_context& me = co_await this_context();
  block_scope s(me.current, &me, scope::barrier::shield);
  result_cell<T> cell;
  me.current = &s;
  co_await run_into(std::move(t), cell);
  co_await close_scope(s);
  me.current = s.parent();
  co_return cell.take();
}

}  // namespace base

/// Awaits something that requests from outside do not reach; they are delivered at the first
/// checkpoint after it (S41, S42). Deadlines and cancels inside act. Only the hard deadline of the
/// runtime's shutdown passes (S44). Bound what you shield: shield(with_timeout(...)).
template <awaitable A>
auto shield(A&& a) {
  return base::shielded(base::as_task(std::forward<A>(a)));
}

}  // namespace jackdaw
