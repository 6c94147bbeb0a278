// SPDX-License-Identifier: MIT
#include <jackdaw/base/simulated_thread.hpp>

#include <jackdaw/base/futex.hpp>

namespace jackdaw::base {

namespace {

thread_local constinit simulated_thread* installed = nullptr;

}  // namespace

simulated_thread* this_simulated_thread() noexcept { return installed; }
void install_simulated_thread(simulated_thread* t) noexcept { installed = t; }

void wait_for_task(const atomic<std::uint32_t>& word, std::uint32_t expected) noexcept {
  if (installed == nullptr) return futex_wait(word, expected);
  (void)installed->block(word, expected, INT64_MAX);
}

bool wait_for_task_until(const atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) noexcept {
  if (installed == nullptr) return futex_wait_until(word, expected, deadline);
  return installed->block(word, expected, deadline);
}

}  // namespace jackdaw::base
