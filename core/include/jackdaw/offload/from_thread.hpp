// SPDX-License-Identifier: MIT
// What a function can ask that was sent away with to_thread or offload.
#pragma once

namespace jackdaw::from_thread {

/// Has the task that sent the calling function away been cancelled? A long function looks here now
/// and then. False on a thread that runs no such function.
[[nodiscard]] bool cancel_requested() noexcept;

/// Throws `cancelled` with the reason if so; let it pass, and it is what the waiting task sees.
void check_cancelled();

}  // namespace jackdaw::from_thread
