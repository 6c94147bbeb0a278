// SPDX-License-Identifier: MIT
#include <jackdaw/coroutine/frame_allocator.hpp>

#include <mutex>
#include <utility>

#include <jackdaw/base/small_mutex.hpp>

namespace jackdaw {

/// Full chains that no thread holds, one stack per size class. A chain is linked to the next one
/// through its second block.
class frame_depot {
 public:
  using block = frame_allocator::block;
  using chain = frame_allocator::chain;

  void give(std::size_t c, chain full) noexcept {
    block* second = full.first->next;
    const std::lock_guard guard(lock_);
    link(second) = chains_[c];
    chains_[c] = full.first;
  }

  [[nodiscard]] chain take(std::size_t c) noexcept {
    const std::lock_guard guard(lock_);
    block* first = chains_[c];
    if (first == nullptr) return {};
    chains_[c] = link(first->next);
    return {first, frame_allocator::chain_length};
  }

  /// What a thread still holds when it ends: full chains to the depot, loose blocks to the heap.
  void retire(frame_allocator::thread_cache& cache) noexcept {
    for (std::size_t c = 0; c < frame_allocator::classes; ++c) {
      for (chain* held : {&cache.loaded[c], &cache.spare[c]}) {
        if (held->length == frame_allocator::chain_length) {
          give(c, *held);
        } else {
          release(held->first, c);
        }
        *held = {};
      }
    }
  }

 private:
  // The word after `next` of a chain's second block; blocks are at least a granule.
  static block*& link(block* second) noexcept { return reinterpret_cast<block**>(second)[1]; }

  static void release(block* b, std::size_t c) noexcept {
    while (b != nullptr) {
      ::operator delete(std::exchange(b, b->next), (c + 1) * frame_allocator::granule);
    }
  }

  base::small_mutex lock_;
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

  thread_cache& mine = cache();
  if (mine.spare[c].length != 0) {
    mine.loaded[c] = std::exchange(mine.spare[c], {});
  } else {
    mine.loaded[c] = depot().take(c);
  }
  block* b = mine.loaded[c].first;
  if (b == nullptr) return ::operator new((c + 1) * granule);
  mine.loaded[c].first = b->next;
  --mine.loaded[c].length;
  return b;
}

void frame_allocator::spill(std::size_t c) noexcept {
  thread_cache& mine = cache();
  if (mine.spare[c].length != 0) depot().give(c, mine.spare[c]);
  mine.spare[c] = std::exchange(mine.loaded[c], {});
}

}  // namespace jackdaw
