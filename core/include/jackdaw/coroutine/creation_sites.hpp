// SPDX-License-Identifier: MIT
// Where tasks were created, for who debugs: JACKDAW_DEBUG=1, and code compiled without NDEBUG.
#pragma once

namespace jackdaw::base {

/// Is JACKDAW_DEBUG set, to something else than 0? Asked once of the environment.
[[nodiscard]] bool debugging() noexcept;

/// Remembers the stack of the calling thread for a frame that was just created. No effect unless
/// debugging. Any thread.
void note_creation(const void* frame) noexcept;
void forget_creation(const void* frame) noexcept;

/// A task that nobody has awaited is about to be destroyed: says so on stderr, and where it was
/// created if that is known.
void report_never_awaited(const void* frame) noexcept;

/// Says on stderr that a task that is gone was awaited, and aborts.
[[noreturn]] void trap_awaited_again() noexcept;

}  // namespace jackdaw::base
