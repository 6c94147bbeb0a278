// SPDX-License-Identifier: MIT
// Tasks of a range, gathered where they will run; in blocks of the frame allocator, so that a
// gather over a range of usual size does not call the heap for them.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

#include <jackdaw/coroutine/frame_allocator.hpp>
#include <jackdaw/coroutine/result_cell.hpp>
#include <jackdaw/structured/fork_join.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw::base {

/// Tasks of one type that have been given away, where their children will be, with room for their
/// outcomes behind them; whoever runs the tasks makes those. One block, and none while it is empty.
template <class T>
class task_array {
  using cell = result_cell<T>;
  static_assert(sizeof(forked_child) % alignof(cell) == 0);
  static_assert(alignof(forked_child) <= 16 && alignof(cell) <= 16);  // what the allocator gives

 public:
  /// `expected` is at least 1.
  explicit task_array(std::size_t expected) noexcept : capacity_(expected) {}
  task_array(task_array&& other) noexcept
      : children_(std::exchange(other.children_, nullptr)),
        capacity_(other.capacity_),
        count_(std::exchange(other.count_, 0)) {}
  task_array& operator=(const task_array&) = delete;
  ~task_array() {
    for (std::size_t i = 0; i != count_; ++i) children_[i].forget();
    if (children_ != nullptr) frame_allocator::deallocate(children_, bytes(capacity_));
  }

  void add(task<T>&& t) {
    if (children_ == nullptr) {
      children_ = allocate(capacity_);
    } else if (count_ == capacity_) {
      grow();
    }
    ::new (static_cast<void*>(children_ + count_++)) forked_child(t.release().promise());
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// Null if there is none; as `cells`.
  [[nodiscard]] forked_child* children() const noexcept { return children_; }
  [[nodiscard]] cell* cells() const noexcept {
    return children_ == nullptr ? nullptr : reinterpret_cast<cell*>(children_ + capacity_);
  }
  /// They have begun.
  void clear() noexcept { count_ = 0; }

 private:
  static constexpr std::size_t bytes(std::size_t capacity) noexcept {
    return capacity * (sizeof(forked_child) + sizeof(cell));
  }
  static forked_child* allocate(std::size_t capacity) {
    return static_cast<forked_child*>(frame_allocator::allocate(bytes(capacity)));
  }
  void grow() {
    forked_child* const larger = allocate(capacity_ * 2);
    std::memcpy(static_cast<void*>(larger), children_, count_ * sizeof(forked_child));
    frame_allocator::deallocate(std::exchange(children_, larger), bytes(capacity_));
    capacity_ *= 2;
  }

  forked_child* children_ = nullptr;
  std::size_t capacity_;
  std::size_t count_ = 0;
};

}  // namespace jackdaw::base
