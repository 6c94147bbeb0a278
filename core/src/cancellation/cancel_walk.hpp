// SPDX-License-Identifier: MIT
// The walk of a cancel request over the scopes and tasks below it.
//
// At most `batch` nodes per hold of a lock and `batch` nodes on the canceller's own stack; the rest
// is continued by workers, each scope on its own, so that a wide tree is walked by many. Nothing is
// resumed here, no user code runs, nothing is allocated.
#pragma once

#include <cstddef>

#include <jackdaw/base/bound.hpp>
#include <jackdaw/cancellation/scope.hpp>

namespace jackdaw {

class cancel_walk {
 public:
  static constexpr std::size_t batch = base::bound(64, 1);

  /// Begins at `s`, which the caller keeps alive for the duration of this call; the walk pins it
  /// for longer.
  static void start(scope& s) noexcept;
  /// Goes on with `s` on a worker; the walk holds a pin on it.
  static void resume(scope& s) noexcept;

 private:
  cancel_walk() noexcept = default;

  static void try_cancel_owner(scope& s) noexcept;
  void begin(scope& s) noexcept;
  [[nodiscard]] bool visit_batch(scope& s) noexcept;
  [[nodiscard]] static bool hand_over(scope& s) noexcept;
  void run() noexcept;

  scope* pending_ = nullptr;  // what it has in hand, chained through next_walked_; each is pinned
  std::size_t left_ = batch;
};

}  // namespace jackdaw
