// SPDX-License-Identifier: MIT
#include <jackdaw/cancellation/group_scope.hpp>

#include <new>

#include "cancellation/annexes.hpp"

namespace jackdaw {

group_scope::~group_scope() {
  delete annexes_.load(std::memory_order_relaxed);  // nobody else is left
}

scope* group_scope::lock_or_annex() noexcept {
  annexes* all = annexes_.load(std::memory_order_acquire);  // partner: make_annexes
  if (all == nullptr && lock_.try_lock()) return nullptr;
  if (all == nullptr) all = make_annexes();
  if (all != nullptr) return &all->of_this_thread();
  lock_.lock();
  return nullptr;
}

// Null without memory.
annexes* group_scope::make_annexes() noexcept {
  auto* const made = new (std::nothrow) annexes(*this);
  annexes* none = nullptr;
  // release: what was made; partners: the loads here and in lock_or_annex. relaxed on failure: we
  // look again.
  if (made == nullptr || annexes_.compare_exchange_strong(none, made, std::memory_order_release,
                                                          std::memory_order_relaxed)) {
    return made;
  }
  delete made;
  return annexes_.load(std::memory_order_acquire);  // what another has made
}

void group_scope::close_annexes() noexcept {
  // relaxed: as in close().
  annexes* const all = annexes_.load(std::memory_order_relaxed);
  if (all == nullptr) return;
  all->for_each([this](scope& annex) noexcept {
    pin();
    annex.unlink();
    annex.unpin();
  });
}

}  // namespace jackdaw
