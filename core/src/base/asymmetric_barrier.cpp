// SPDX-License-Identifier: MIT
// The heavy side of the asymmetric barrier; see membarrier(2).
#include <jackdaw/base/asymmetric_barrier.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace jackdaw::base {
namespace {

bool membarrier(int command) noexcept {
  const int errno_before = errno;
  const bool done = ::syscall(SYS_membarrier, command, 0, 0) == 0;
  errno = errno_before;
  return done;
}

}  // namespace

void asymmetric_barrier::prepare() noexcept {
  static const bool registered = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
  // relaxed: the caller starts its threads afterwards, which makes it visible to them.
  free_light_.store(registered, std::memory_order_relaxed);
}

void asymmetric_barrier::heavy() noexcept {
  // relaxed: written by prepare() only, which happens before.
  if (!free_light_.load(std::memory_order_relaxed)) {
    full_fence();
  } else if (!membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
    // To go on would be to lose wake-ups in silence.
    std::fputs(
        "jackdaw: membarrier fails although it was registered (a seccomp filter set later?)\n",
        stderr);
    std::abort();
  }
}

// The compiler's builtin and not a seq_cst operation on some variable: that is no full barrier on
// AArch64.
void asymmetric_barrier::full_fence() noexcept { __sync_synchronize(); }

}  // namespace jackdaw::base
