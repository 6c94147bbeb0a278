// SPDX-License-Identifier: MIT
// Memory of the simulation itself, past the program's operator new, whose failures are part of what
// is simulated.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace jackdaw::simulated {

/// An allocator on malloc. Without memory the process ends: a simulation has no use for less.
template <class T>
struct own_memory {
  using value_type = T;

  own_memory() noexcept = default;
  template <class U>
  own_memory(const own_memory<U>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t n) noexcept {
    static_assert(alignof(T) <= alignof(std::max_align_t));
    void* const p = std::malloc(n * sizeof(T));
    if (p == nullptr) std::abort();
    return static_cast<T*>(p);
  }
  void deallocate(T* p, std::size_t) noexcept { std::free(p); }

  template <class U>
  bool operator==(const own_memory<U>&) const noexcept {
    return true;
  }
};

}  // namespace jackdaw::simulated
