// SPDX-License-Identifier: MIT
// Work whose content and fate are watched: reports a taker that does not see what the pusher wrote,
// and a second taker.
#pragma once

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/work.hpp>

struct payload : jackdaw::work {
  payload() : work([](work&) noexcept {}) {}

  /// The pusher, before the push.
  void prepare() { content = 1; }

  /// Whoever has taken it.
  void take() {
    RL_ASSERT(content == 1);
    RL_ASSERT(taken == 0);
    taken = 1;
  }

  jackdaw::base::plain<int> content{0};
  jackdaw::base::plain<int> taken{0};
};

inline bool take_if_any(jackdaw::work* w) {
  if (w == nullptr) return false;
  static_cast<payload*>(w)->take();
  return true;
}
