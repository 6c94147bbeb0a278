// SPDX-License-Identifier: MIT
// Tasks of a range, gathered where they will run; in blocks of the frame allocator, so that a
// gather over a range of usual size does not call the heap for them.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

#include <jackdaw/coroutine/frame_allocator.hpp>
#include <jackdaw/structured/fork_join.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw::base {

/// An array in a block of the frame allocator, whose elements are trivial or begun by others.
template <class E>
class raw_array {
  static_assert(alignof(E) <= 16);  // what the frame allocator gives

 public:
  explicit raw_array(std::size_t capacity)
      : first_(static_cast<E*>(frame_allocator::allocate(capacity * sizeof(E)))),
        capacity_(capacity) {}
  raw_array(raw_array&& other) noexcept
      : first_(std::exchange(other.first_, nullptr)), capacity_(other.capacity_) {}
  raw_array& operator=(raw_array&& other) noexcept {
    std::swap(first_, other.first_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~raw_array() {
    if (first_ != nullptr) frame_allocator::deallocate(first_, capacity_ * sizeof(E));
  }

  [[nodiscard]] E* data() const noexcept { return first_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  E* first_;
  std::size_t capacity_;
};

/// Tasks of one type that have been given away, where their children will be.
template <class T>
class task_array {
 public:
  explicit task_array(std::size_t expected) : children_(expected) {}
  task_array(task_array&& other) noexcept
      : children_(std::move(other.children_)), count_(std::exchange(other.count_, 0)) {}
  task_array& operator=(const task_array&) = delete;
  ~task_array() {
    for (std::size_t i = 0; i != count_; ++i) children_.data()[i].forget();
  }

  void add(task<T>&& t) {
    if (count_ == children_.capacity()) grow();
    ::new (static_cast<void*>(children_.data() + count_++)) forked_child(t.release().promise());
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] forked_child* children() const noexcept { return children_.data(); }
  /// They have begun.
  void clear() noexcept { count_ = 0; }

 private:
  void grow() {
    raw_array<forked_child> larger(children_.capacity() * 2);
    std::memcpy(static_cast<void*>(larger.data()), children_.data(), count_ * sizeof(forked_child));
    children_ = std::move(larger);
  }

  raw_array<forked_child> children_;
  std::size_t count_ = 0;
};

}  // namespace jackdaw::base
