// SPDX-License-Identifier: MIT
// A queue of bounded length in one allocation.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace jackdaw {

/// First in, first out, at most `capacity` items. Thread safety: none; its owner guards it.
template <class T>
class ring_buffer {
 public:
  /// Throws std::bad_alloc.
  explicit ring_buffer(std::size_t capacity)
      : capacity_(capacity),
        slots_(capacity != 0 ? std::allocator<T>().allocate(capacity) : nullptr) {}
  ring_buffer(const ring_buffer&) = delete;
  ring_buffer& operator=(const ring_buffer&) = delete;
  ~ring_buffer() {
    while (size_ != 0) (void)pop();
    if (slots_ != nullptr) std::allocator<T>().deallocate(slots_, capacity_);
  }

  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool full() const noexcept { return size_ == capacity_; }

  /// Not when it is full.
  void push(T&& v) noexcept {
    const std::size_t to_end = capacity_ - first_;
    const std::size_t place = size_ < to_end ? first_ + size_ : size_ - to_end;
    std::construct_at(slots_ + place, std::move(v));
    ++size_;
  }
  /// Not when it is empty.
  [[nodiscard]] T pop() noexcept {
    T* const slot = slots_ + first_;
    T v = std::move(*slot);
    std::destroy_at(slot);
    first_ = first_ + 1 == capacity_ ? 0 : first_ + 1;
    --size_;
    return v;
  }

 private:
  const std::size_t capacity_;
  T* const slots_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace jackdaw
