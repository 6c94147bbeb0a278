// SPDX-License-Identifier: MIT
#include <jackdaw/structured/membership.hpp>

namespace jackdaw {

void membership::enter_late() noexcept {
  left_.fetch_add(1, std::memory_order_relaxed);  // relaxed: as in enter()
}

bool membership::try_enter(std::size_t& number_of_it) noexcept {
  // relaxed, all: the lock that the caller holds orders us against the group's end.
  const std::uint64_t before = entered_.fetch_add(1, std::memory_order_relaxed);
  number_of_it = number(before);
  if (before < ended) return true;
  std::uint64_t seen = left_.load(std::memory_order_relaxed);
  do {
    if (seen == 0) return false;
  } while (!left_.compare_exchange_weak(seen, seen + 1, std::memory_order_relaxed,
                                        std::memory_order_relaxed));
  return true;
}

bool membership::body_left() noexcept {
  // relaxed: a number, of which the change of `left_` makes use.
  const std::uint64_t entries = entered_.fetch_or(ended, std::memory_order_relaxed);
  return left_.fetch_add(entries - body, std::memory_order_acq_rel) ==
         body - entries;  // as leave()
}

bool membership::only_one() const noexcept {
  // acquire: the others' last steps, and so their entries; partner: leave().
  const std::uint64_t left = left_.load(std::memory_order_acquire);
  if (left < body / 2) return left == 1;
  return number(entered_.load(std::memory_order_relaxed)) + left == body;  // the body
}

std::size_t membership::live() const noexcept {
  const std::uint64_t left = left_.load(std::memory_order_relaxed);  // relaxed, both: a snapshot
  if (left < body / 2) return left;
  const std::uint64_t sum = number(entered_.load(std::memory_order_relaxed)) + left;
  return sum > body ? sum - body : 0;
}

}  // namespace jackdaw
