// SPDX-License-Identifier: MIT
#include <jackdaw/coroutine/frame_allocator.hpp>

#include <mutex>
#include <utility>

#include <jackdaw/base/small_mutex.hpp>

namespace jackdaw {

/// Blocks that no thread holds, in chains of frame_allocator::half, one list of chains per size
/// class.
class frame_depot {
 public:
  using stack = frame_allocator::stack;

  /// Takes the upper half of a full stack.
  void give(std::size_t c, stack& full) noexcept {
    block* first = nullptr;
    for (std::size_t i = 0; i != frame_allocator::half; ++i) {
      first = ::new (full.blocks[--full.count]) block{first, nullptr};
    }
    const std::lock_guard guard(lock_);
    first->next_chain = std::exchange(chains_[c], first);
  }

  /// Fills the lower half of an empty stack, if there is a chain.
  void take(std::size_t c, stack& empty) noexcept {
    block* b = nullptr;
    {
      const std::lock_guard guard(lock_);
      b = chains_[c];
      if (b == nullptr) return;
      chains_[c] = b->next_chain;
    }
    while (b != nullptr) empty.blocks[empty.count++] = std::exchange(b, b->next);
  }

  /// What a thread still holds when it ends: halves to the depot, loose blocks to the heap.
  void retire(frame_allocator::thread_cache& cache) noexcept {
    for (std::size_t c = 0; c < frame_allocator::classes; ++c) {
      stack& s = cache.stacks[c];
      while (s.count >= frame_allocator::half) give(c, s);
      while (s.count != 0) {
        ::operator delete(s.blocks[--s.count], (c + 1) * frame_allocator::granule);
      }
    }
  }

 private:
  struct block {
    block* next;
    block* next_chain;  // of a chain's first block
  };

  base::small_mutex lock_;  // guards chains_
  block* chains_[frame_allocator::classes] = {};
};

namespace {

frame_depot& depot() {
  static frame_depot* const the_depot =
      new frame_depot;  // outlives every thread that may still free a frame
  return *the_depot;
}

}  // namespace

#if !defined(__clang__)
frame_allocator::thread_cache& frame_allocator::cache() noexcept {
  static thread_local constinit thread_cache mine{};
  return mine;
}
#endif

void* frame_allocator::refill(std::size_t c) {
  struct retirement {
    ~retirement() { depot().retire(cache()); }
  };
  static thread_local retirement at_thread_exit;
  (void)&at_thread_exit;

  stack& mine = cache().stacks[c];
  depot().take(c, mine);
  return mine.count != 0 ? mine.blocks[--mine.count] : ::operator new((c + 1) * granule);
}

void frame_allocator::spill(std::size_t c) noexcept { depot().give(c, cache().stacks[c]); }

}  // namespace jackdaw
