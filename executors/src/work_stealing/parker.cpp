// SPDX-License-Identifier: MIT
// The parker's transitions; the table is in the header.
#include "work_stealing/parker.hpp"

#include <jackdaw/base/futex.hpp>

namespace jackdaw::work_stealing {

void parker::park() noexcept {
  if (take_token_or_become_parked()) return;
  do {
    base::futex_wait(state_, parked);
  } while (!take_token());
}

bool parker::park_until(std::int64_t deadline) noexcept {
  if (take_token_or_become_parked()) return true;
  while (base::futex_wait_until(state_, parked, deadline)) {
    if (take_token()) return true;
  }
  // Time is up. An exchange, because an unpark may come right now; its token must not be left
  // behind unreported. acquire: pairs with the release in unpark().
  return state_.exchange(empty, std::memory_order_acquire) == notified;
}

void parker::unpark() noexcept {
  // release: pairs with the owner's acquires.
  if (state_.exchange(notified, std::memory_order_release) == parked) base::futex_wake_one(state_);
}

bool parker::take_token_or_become_parked() noexcept {
  std::uint32_t expected = empty;
  // relaxed, both: nothing is learnt when there is no token, and if there is one the exchange below
  // acquires it.
  if (state_.compare_exchange_strong(expected, parked, std::memory_order_relaxed,
                                     std::memory_order_relaxed)) {
    return false;
  }
  // An exchange rather than a store, for what the token published. acquire: pairs with unpark().
  state_.exchange(empty, std::memory_order_acquire);
  return true;
}

bool parker::take_token() noexcept {
  if (state_.load(std::memory_order_relaxed) != notified) return false;  // decided by the exchange
  // Only the owner takes tokens, so it is still there. acquire: pairs with unpark().
  state_.exchange(empty, std::memory_order_acquire);
  return true;
}

}  // namespace jackdaw::work_stealing
