// SPDX-License-Identifier: MIT
#include <jackdaw/cancellation/scope_roots.hpp>

#include <cstdint>

namespace jackdaw {

scope_root::scope_root(scope& s, const char* kind) noexcept : scope_(&s), kind_(kind) {
  const std::lock_guard guard(mine().lock);
  mine().roots.push_back(*this);
}

void scope_root::forget() noexcept {
  if (!known_) return;
  known_ = false;
  const std::lock_guard guard(mine().lock);
  mine().roots.erase(*this);
}

// Neighbours in memory are often made by one thread, so some lines share a list.
scope_root::list& scope_root::mine() const noexcept {
  return lists[reinterpret_cast<std::uintptr_t>(this) / 4096 % lists.size()];
}

}  // namespace jackdaw
