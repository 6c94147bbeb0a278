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

/// A member of every runtime, the first one, so that it ends last: when the last runtime of the
/// process has ended, the coroutines that were created while there was one and that still exist
/// have leaked, as nothing can run them. Says so on stderr, once for each, if debugging.
class leak_watch {
 public:
  leak_watch() noexcept;
  leak_watch(const leak_watch&) = delete;
  leak_watch& operator=(const leak_watch&) = delete;
  ~leak_watch();
};

/// Says on stderr that a task that is gone was awaited, and aborts.
[[noreturn]] void trap_awaited_again() noexcept;

}  // namespace jackdaw::base
