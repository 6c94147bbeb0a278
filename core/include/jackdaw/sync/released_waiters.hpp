// SPDX-License-Identifier: MIT
// Waiters that were taken out of a primitive and will all be woken at once.
#pragma once

#include <cstddef>

#include <jackdaw/cancellation/park.hpp>

namespace jackdaw {

/// Collects the waiters of a primitive, a batch per hold of its lock, and wakes them when all are
/// out: until then each of them keeps the primitive alive. They are chained through `next`, which a
/// popped waiter does not need any more.
class released_waiters {
 public:
  static constexpr std::size_t batch = 64;

  /// Under the primitive's lock: takes waiters out as long as `belongs` says so. True: the batch is
  /// full, there may be more.
  template <class Belongs>
  [[nodiscard]] bool take_batch(waiter_list& from, Belongs belongs) noexcept {
    for (std::size_t n = 0; n != batch; ++n) {
      waiter* const first = from.front();
      if (first == nullptr || !belongs(*first)) return false;
      (void)from.pop_front();
      (last_ != nullptr ? last_->next : first_) = first;
      last_ = first;
    }
    return true;
  }

  /// Without any lock.
  void wake_all() noexcept {
    waiter* w = first_;
    while (w != nullptr) {
      waiter* const next = w == last_ ? nullptr : w->next;
      grant(*w);
      w = next;
    }
  }

 private:
  waiter* first_ = nullptr;
  waiter* last_ = nullptr;
};

}  // namespace jackdaw
