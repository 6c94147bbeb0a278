// SPDX-License-Identifier: MIT
// Memory for coroutine frames and task blocks: per-thread stacks by size class, balanced through a
// shared depot.
//
// After Bonwick's magazines ("Magazines and Vmem", USENIX 2001): a thread keeps a stack of free
// blocks per size class and trades half a stack at a time with the depot, so a thread that only
// allocates and one that only frees meet there once per half. Stacks and magazines are arrays, not
// lists through the blocks: the next block's address does not hang on a load from the one before,
// and no block is touched before its user does. New blocks are carved out of slabs, neighbours in
// memory. A last-in-first-out arena does not fit: gather creates all its children first and ends
// the first one first.
//
// Thread safety: any thread may free what another has allocated. Where the library is built with a
// sanitizer every block comes from and goes to the heap at once, so that use after free shows; code
// built with one asks the library, so that both may be mixed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/base/rare_call.hpp>

namespace jackdaw {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JACKDAW_FRAMES_FROM_HEAP 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define JACKDAW_FRAMES_FROM_HEAP 1
#endif
#endif

class frame_allocator {
 public:
  // A cache line, as neighbouring blocks may come to be used by two threads for long: with half of
  // it, skynet on two workers took a fifth longer.
  static constexpr std::size_t granule = base::cache_line;
  static constexpr std::size_t classes = 16;
  static constexpr std::size_t half = 32;  // of a thread's stack: what it trades with the depot

  /// Aligned to 16 bytes. Throws std::bad_alloc.
  [[nodiscard]] static void* allocate(std::size_t size) {
#if !defined(JACKDAW_FRAMES_FROM_HEAP)
    const std::size_t c = size_class(size);
    if (c < classes) [[likely]] {
      stack& mine = cache().stacks[c];
      if (mine.count != 0) [[likely]]
        return mine.blocks[--mine.count];
      if (void* const p = refill_or_null(c)) [[likely]]
        return p;
      throw_no_memory();
    }
#endif
    return allocate_elsewhere(size);
  }

  static void deallocate(void* p, std::size_t size) noexcept {
#if !defined(JACKDAW_FRAMES_FROM_HEAP)
    const std::size_t c = size_class(size);
    if (c < classes) [[likely]] {
      stack& mine = cache().stacks[c];
      if (mine.count == 2 * half) [[unlikely]]
        spill(c);
      mine.blocks[mine.count++] = p;
      return;
    }
#endif
    deallocate_elsewhere(p, size);
  }

 private:
  friend class frame_depot;

  struct stack {
    std::size_t count;
    void* blocks[2 * half];
  };
  struct thread_cache {
    stack stacks[classes];
  };

  static constexpr std::size_t size_class(std::size_t size) noexcept {
    return (size - 1) / granule;
  }
  static void* refill(std::size_t c);
  [[noreturn]] static void throw_no_memory();
  JACKDAW_RARE_CALL static void* refill_or_null(std::size_t c) noexcept;
  JACKDAW_RARE_CALL static void spill(std::size_t c) noexcept;
  static void* allocate_elsewhere(std::size_t size);
  static void deallocate_elsewhere(void* p, std::size_t size) noexcept;

#if defined(__clang__)
  static thread_cache& cache() noexcept { return cache_; }
  static inline thread_local constinit thread_cache cache_{};
#else
  // GCC may keep a thread-local's address across a suspension (docs/compilers.md): the accessor
  // stays out of line.
  static thread_cache& cache() noexcept;
#endif
};

}  // namespace jackdaw
