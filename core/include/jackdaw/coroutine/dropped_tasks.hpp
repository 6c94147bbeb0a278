// SPDX-License-Identifier: MIT
// Destroys tasks that were never started, without recursion.
#pragma once

#include <coroutine>

#include <jackdaw/base/rare_call.hpp>
#include <jackdaw/coroutine/promise.hpp>

namespace jackdaw::base {

/// Destroys an unstarted frame. A frame whose parameters own further unstarted tasks, to any depth,
/// uses bounded stack: the inner ones are queued while an outer one is being destroyed on this
/// thread (S46).
JACKDAW_RARE_CALL void drop_unstarted(std::coroutine_handle<> frame,
                                      promise_base& promise) noexcept;

/// The same for one that its user has dropped, perhaps by mistake: reported under JACKDAW_DEBUG
/// (S49), unless it is a parameter of another one that is being dropped.
JACKDAW_RARE_CALL void drop_forgotten(std::coroutine_handle<> frame,
                                      promise_base& promise) noexcept;

}  // namespace jackdaw::base
