// SPDX-License-Identifier: MIT
#include <jackdaw/structured/retry.hpp>

#include <algorithm>
#include <stdexcept>

namespace jackdaw {

namespace {

// Vigna's splitmix64, as a fraction from -1 to 1.
double next_fraction(std::uint64_t& state) noexcept {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1.0p-52 - 1.0;
}

}  // namespace

retry_pauses::retry_pauses(const retry_policy& policy, std::uint64_t random)
    : policy_(policy),
      random_(policy.seed != 0 ? policy.seed : random),
      pause_(static_cast<double>(policy.backoff.count())) {
  if (policy.attempts == 0)
    throw std::invalid_argument(
        "jackdaw: a retry of zero attempts does nothing; retry_policy::attempts counts the first "
        "one too, so set it to 1 or more");
  if (policy.backoff.count() < 0 || policy.max_backoff.count() < 0)
    throw std::invalid_argument("jackdaw: the pauses of a retry_policy must not be negative");
  if (!(policy.factor >= 1) || !(policy.jitter >= 0 && policy.jitter <= 1))
    throw std::invalid_argument(
        "jackdaw: a retry_policy needs a factor of 1 or more and a jitter from 0 to 1");
}

std::chrono::nanoseconds retry_pauses::next() noexcept {
  const double longest = static_cast<double>(policy_.max_backoff.count());
  const double plain = std::min(pause_, longest);
  pause_ = std::min(pause_ * policy_.factor, longest);
  const double jittered = plain * (1 + policy_.jitter * next_fraction(random_));
  return std::chrono::nanoseconds(
      static_cast<std::chrono::nanoseconds::rep>(std::min(jittered, 0x1.0p62)));
}

}  // namespace jackdaw
