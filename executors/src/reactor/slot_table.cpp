// SPDX-License-Identifier: MIT
#include "reactor/slot_table.hpp"

#include <bit>
#include <mutex>
#include <new>

namespace jackdaw::reactor {

slot_table::~slot_table() {
  // relaxed: nobody else is left.
  for (std::size_t i = 0; i != slab_count_; ++i) delete[] slabs_[i].load(std::memory_order_relaxed);
}

slot& slot_table::at(std::uint32_t index) noexcept {
  const auto slab = static_cast<std::size_t>(std::bit_width(index / first_slab + 1) - 1);
  const std::uint32_t begin = first_slab * ((1U << slab) - 1);
  // relaxed: the kernel, from which we have the key, orders us behind grow().
  return slabs_[slab].load(std::memory_order_relaxed)[index - begin];
}

void slot_table::grow() {
  if (slab_count_ == slabs_max) throw std::bad_alloc();
  const std::uint32_t size = first_slab << slab_count_;
  const std::uint32_t begin = first_slab * ((1U << slab_count_) - 1);
  auto* const slab = new slot[size];
  for (std::uint32_t i = size; i-- != 0;) {
    slab[i].index = begin + i;
    slab[i].next_free = free_;
    free_ = &slab[i];
  }
  slabs_[slab_count_++].store(slab, std::memory_order_relaxed);  // see at()
}

slot& slot_table::take(int fd) {
  const std::lock_guard guard(lock_);
  if (free_ == nullptr) grow();
  slot& s = *free_;
  free_ = s.next_free;
  ++in_use_;
  s.fd = fd;
  s.watched = s.borrowed = false;
  s.inward.reset();
  s.outward.reset();
  s.users.store(3, std::memory_order_relaxed);  // nobody else knows the slot yet
  s.holders.store(2, std::memory_order_relaxed);
  return s;
}

void slot_table::give_back(slot& s) noexcept {
  const std::lock_guard guard(lock_);
  s.fd = -1;
  // relaxed: written under the lock only; find() says what it takes from it.
  s.generation.store(s.generation.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  s.next_free = free_;
  free_ = &s;
  --in_use_;
}

slot* slot_table::find(std::uint64_t key) noexcept {
  slot& s = at(static_cast<std::uint32_t>(key >> 32));
  // relaxed: keeps outdated events away. Should the slot change hands just now, the event does no
  // more than wake an operation that tries once more.
  return s.generation.load(std::memory_order_relaxed) == static_cast<std::uint32_t>(key) ? &s
                                                                                         : nullptr;
}

std::size_t slot_table::in_use() const noexcept {
  const std::lock_guard guard(lock_);
  return in_use_;
}

}  // namespace jackdaw::reactor
