// SPDX-License-Identifier: MIT
// The futex system call; see futex(2).
#include <jackdaw/base/futex.hpp>

#include <cerrno>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace jackdaw::base {
namespace {

static_assert(sizeof(atomic<std::uint32_t>) == sizeof(std::uint32_t), "the kernel reads the word");

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

}  // namespace

void futex_wait(const atomic<std::uint32_t>& word, std::uint32_t expected) noexcept {
  const int errno_before = errno;  // a coroutine's errno must not change because its worker slept
  ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
  errno = errno_before;
}

bool futex_wait_until(const atomic<std::uint32_t>& word, std::uint32_t expected,
                      std::int64_t deadline) noexcept {
  const std::int64_t at = deadline < 0 ? 0 : deadline;
  ::timespec when{};
  when.tv_sec = static_cast<std::time_t>(at / nanoseconds_per_second);
  when.tv_nsec = static_cast<long>(at % nanoseconds_per_second);
  const int errno_before = errno;
  // WAIT_BITSET, because its deadline is absolute and on CLOCK_MONOTONIC; plain WAIT takes a
  // duration.
  const long result = ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, &when,
                                nullptr, FUTEX_BITSET_MATCH_ANY);
  const bool timed_out = result == -1 && errno == ETIMEDOUT;
  errno = errno_before;
  return !timed_out;
}

void futex_wake_one(const atomic<std::uint32_t>& word) noexcept {
  const int errno_before = errno;
  ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  errno = errno_before;
}

}  // namespace jackdaw::base
