// SPDX-License-Identifier: MIT
#include <jackdaw/coroutine/frame_allocator.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/base/small_mutex.hpp>

namespace jackdaw {

#if !defined(__clang__)
frame_allocator::thread_cache& frame_allocator::cache() noexcept {
  static thread_local constinit thread_cache mine{};
  return mine;
}
#endif

#if defined(JACKDAW_FRAMES_FROM_HEAP)
// Called by code that is built without the sanitizer that this library is built with.
void* frame_allocator::refill(std::size_t c) { return ::operator new((c + 1) * granule); }

void frame_allocator::spill(std::size_t c) noexcept {
  stack& mine = cache().stacks[c];
  while (mine.count != half) ::operator delete(mine.blocks[--mine.count], (c + 1) * granule);
}

void* frame_allocator::allocate_elsewhere(std::size_t size) { return ::operator new(size); }

void frame_allocator::deallocate_elsewhere(void* p, std::size_t size) noexcept {
  ::operator delete(p, size);
}
#else
/// Blocks that no thread holds: magazines of frame_allocator::half, one list per size class.
///
/// Blocks are carved out of slabs in groups: a magazine, and the blocks that fill it once. So there
/// are as many magazines as half stacks of blocks, and whoever gives half a stack finds an empty
/// one. Slabs are never given back.
class frame_depot {
 public:
  using stack = frame_allocator::stack;

  /// Takes the upper half of a full stack.
  void give(std::size_t c, stack& full) noexcept {
    const std::lock_guard guard(lock_);
    magazine* const m = std::exchange(empty_, empty_->next);
    full.count -= half;
    std::copy_n(full.blocks + full.count, half, m->blocks);
    m->next = std::exchange(full_[c], m);
  }

  /// Fills the lower half of an empty stack, or less. Throws std::bad_alloc.
  void take(std::size_t c, stack& empty) {
    const std::lock_guard guard(lock_);
    if (magazine* const m = full_[c]; m != nullptr) {
      full_[c] = m->next;
      std::copy_n(m->blocks, half, empty.blocks);
      empty.count = half;
      m->next = std::exchange(empty_, m);
    } else if (loose_[c] != nullptr) {
      while (loose_[c] != nullptr && empty.count != half) {
        empty.blocks[empty.count++] = std::exchange(loose_[c], loose_[c]->next);
      }
    } else {
      carve(c, empty);
    }
  }

  /// What a thread still holds when it ends.
  void retire(frame_allocator::thread_cache& cache) noexcept {
    for (std::size_t c = 0; c < frame_allocator::classes; ++c) {
      stack& s = cache.stacks[c];
      while (s.count >= half) give(c, s);
      const std::lock_guard guard(lock_);
      while (s.count != 0) loose_[c] = ::new (s.blocks[--s.count]) block{loose_[c]};
    }
  }

 private:
  static constexpr std::size_t half = frame_allocator::half;
  static constexpr std::size_t slab_max = std::size_t{1} << 21;

  struct block {
    block* next;
  };
  struct alignas(base::cache_line) magazine {
    magazine* next;
    void* blocks[half];
  };
  struct slab {
    std::byte* next = nullptr;  // the first group that was not carved yet
    std::byte* end = nullptr;
    std::size_t groups = 0;  // that the latest one had
  };

  // Each slab of a class is twice as large as the one before, up to a limit.
  void carve(std::size_t c, stack& empty) {
    const std::size_t size = (c + 1) * frame_allocator::granule;
    const std::size_t group = sizeof(magazine) + half * size;
    slab& s = slabs_[c];
    if (s.next == s.end) {
      const std::size_t groups = s.groups == 0 ? 1 : std::min(2 * s.groups, slab_max / group);
      s.next = static_cast<std::byte*>(
          ::operator new(groups * group, std::align_val_t{base::cache_line}));
      s.end = s.next + groups * group;
      s.groups = groups;
    }
    auto* const m = ::new (s.next) magazine;
    m->next = std::exchange(empty_, m);
    // The lowest address is used first.
    for (std::size_t i = 0; i != half; ++i)
      empty.blocks[i] = s.next + sizeof(magazine) + (half - 1 - i) * size;
    empty.count = half;
    s.next += group;
  }

  base::small_mutex lock_;  // guards everything below
  magazine* full_[frame_allocator::classes] = {};
  block* loose_[frame_allocator::classes] = {};  // of threads that have ended
  slab slabs_[frame_allocator::classes];
  magazine* empty_ = nullptr;
};

namespace {

[[maybe_unused]] frame_depot& depot() {  // not by a sanitizer's build
  static frame_depot* const the_depot =
      new frame_depot;  // outlives every thread that may still free a frame
  return *the_depot;
}

}  // namespace

void* frame_allocator::refill(std::size_t c) {
  struct retirement {
    ~retirement() { depot().retire(cache()); }
  };
  static thread_local retirement at_thread_exit;
  (void)&at_thread_exit;

  stack& mine = cache().stacks[c];
  depot().take(c, mine);
  return mine.blocks[--mine.count];
}

void frame_allocator::spill(std::size_t c) noexcept { depot().give(c, cache().stacks[c]); }

// A large one, or one that is asked for by code that is built with a sanitizer.
void* frame_allocator::allocate_elsewhere(std::size_t size) {
  return size_class(size) < classes ? allocate(size) : ::operator new(size);
}

void frame_allocator::deallocate_elsewhere(void* p, std::size_t size) noexcept {
  if (size_class(size) < classes) {
    deallocate(p, size);
  } else {
    ::operator delete(p, size);
  }
}
#endif

void frame_allocator::throw_no_memory() { throw std::bad_alloc(); }

void* frame_allocator::refill_or_null(std::size_t c) noexcept {
  try {
    return refill(c);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace jackdaw
