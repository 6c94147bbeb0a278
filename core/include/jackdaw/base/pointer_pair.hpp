// SPDX-License-Identifier: MIT
// Two neighbouring pointers that are written by one store.
#pragma once

#include <cstdint>

namespace jackdaw::base {

/// Writes `first` and `second`, pointers or what is as large as one, to the two words at `at`. By
/// one store, for code whose price is the number of its stores.
inline void store_pair(void* at, const void* first, const void* second) noexcept {
  using pair [[gnu::vector_size(2 * sizeof(void*)), gnu::aligned(alignof(void*)), gnu::may_alias]] =
      std::uintptr_t;
  *static_cast<pair*>(at) =
      pair{reinterpret_cast<std::uintptr_t>(first), reinterpret_cast<std::uintptr_t>(second)};
}

}  // namespace jackdaw::base
