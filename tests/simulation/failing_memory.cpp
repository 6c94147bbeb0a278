// SPDX-License-Identifier: MIT
#include "simulation/failing_memory.hpp"

#include <cstdlib>
#include <new>

namespace sweep {

namespace {

thread_local failing_memory* current = nullptr;

}  // namespace

failing_memory::failing_memory(std::uint64_t which) noexcept : which_(which) { current = this; }
failing_memory::~failing_memory() { current = nullptr; }

bool failing_memory::fails() noexcept {
  return current != nullptr && ++current->allocations_ == current->which_;
}

}  // namespace sweep

#if defined(__has_feature)
#define JACKDAW_TEST_HAS(feature) __has_feature(feature)
#else
#define JACKDAW_TEST_HAS(feature) 0
#endif

// The thread sanitizer brings its own, which cannot be replaced: with it no allocation fails.
#if !JACKDAW_TEST_HAS(thread_sanitizer)

// All of them, so that none is left to a sanitizer, which would find new and free mixed.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return sweep::failing_memory::fails() ? nullptr : std::malloc(size);
}
void* operator new(std::size_t size) {
  void* const p = ::operator new(size, std::nothrow);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
void* operator new(std::size_t size, std::align_val_t to, const std::nothrow_t&) noexcept {
  const auto alignment = static_cast<std::size_t>(to);
  const std::size_t whole = (size + alignment - 1) / alignment * alignment;
  return sweep::failing_memory::fails() ? nullptr : std::aligned_alloc(alignment, whole);
}
void* operator new(std::size_t size, std::align_val_t to) {
  void* const p = ::operator new(size, to, std::nothrow);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
void* operator new[](std::size_t size, const std::nothrow_t& n) noexcept {
  return ::operator new(size, n);
}
void* operator new[](std::size_t size) { return ::operator new(size); }
void* operator new[](std::size_t size, std::align_val_t to) { return ::operator new(size, to); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

#endif
