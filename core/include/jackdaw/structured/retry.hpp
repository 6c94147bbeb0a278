// SPDX-License-Identifier: MIT
// retry: once more, after a pause, when something failed that may go well the next time.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>

#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/time/sleep.hpp>

namespace jackdaw {

/// How often and how fast retry() tries again. An option type: an aggregate for designated
/// initialisers.
struct retry_policy {
  std::uint32_t attempts = 3;                     ///< in all, the first one included; 1 or more
  std::chrono::nanoseconds backoff{100'000'000};  ///< before the second attempt; 0 or more
  double factor = 2;                              ///< by which each pause is longer; 1 or more
  double jitter = 0;                              ///< each pause times 1 +- up to this; 0 to 1
  std::chrono::nanoseconds max_backoff{30'000'000'000};  ///< no pause is longer, jitter apart
  /// Is it worth another attempt? Called with what was thrown; null: every error is.
  bool (*when)(const std::exception_ptr&) = nullptr;
  /// Of the jitter; 0: another one for each call. The same seed gives the same pauses.
  std::uint64_t seed = 0;
};

/// The pauses of one retry().
class retry_pauses {
 public:
  /// `random`: where the jitter starts if the policy has no seed. Throws std::invalid_argument for
  /// a policy that makes no sense.
  retry_pauses(const retry_policy& policy, std::uint64_t random);
  [[nodiscard]] std::chrono::nanoseconds next() noexcept;

 private:
  retry_policy policy_;
  std::uint64_t random_;
  double pause_;  // the next one, before jitter, in nanoseconds
};

namespace base {

template <class F>
task<await_result_t<std::invoke_result_t<F&>>> attempt(F& factory) {
  co_return co_await factory();
}

template <class R, class F>
task<R> retried(retry_policy policy, F factory) {
  task_context& me = co_await this_context();
  const auto now = static_cast<std::uint64_t>(me.env->timers.now());
  retry_pauses pauses(policy, me.id() ^ now << 20);
  for (std::uint32_t n = 1;; ++n) {
    result_cell<R> cell;
    co_await run_into(attempt(factory), cell);
    const bool again = cell.kind() == outcome_kind::error && n != policy.attempts &&
                       (policy.when == nullptr || policy.when(cell.error()));
    if (!again) co_return cell.take();
    co_await sleep_for(pauses.next());
  }
}

}  // namespace base

/// Awaits `factory()`, and does so again, after a pause that grows, while it fails with an error
/// that `policy.when` accepts; returns the first value, or throws the last error. `cancelled` is
/// never retried, and a cancel during a pause ends it. A timeout of each attempt belongs into the
/// factory (`return with_timeout(1s, fetch());`: its timeout_error is an error like others), one of
/// the whole around it: `with_timeout(10s, retry(...))`. Throws std::invalid_argument for zero
/// attempts and the like. No checkpoint before the first pause.
template <std::invocable F>
  requires awaitable<std::invoke_result_t<F&>>
auto retry(retry_policy policy, F factory) {
  return base::retried<await_result_t<std::invoke_result_t<F&>>>(policy, std::move(factory));
}

}  // namespace jackdaw
