// SPDX-License-Identifier: MIT
#include <jackdaw/cancellation/scope_roots.hpp>

#include <mutex>

namespace jackdaw {

scope_root::scope_root(scope& s, const char* kind) noexcept : scope_(&s), kind_(kind) {
  const std::lock_guard guard(lock);
  all.push_back(*this);
}

void scope_root::forget() noexcept {
  const std::lock_guard guard(lock);
  if (linked()) all.erase(*this);
}

}  // namespace jackdaw
