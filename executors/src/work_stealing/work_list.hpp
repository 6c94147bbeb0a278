// SPDX-License-Identifier: MIT
// A chain of work on its way from one queue to another.
#pragma once

#include <cstddef>

#include <jackdaw/work.hpp>

namespace jackdaw::work_stealing {

/// A chain of work, first in first out, linked through `work::next`. Owns nothing. Thread safety:
/// none. Invariants: `last_->next` is null; `last_` means nothing while `first_` is null; `size_`
/// is the length.
class work_list {
 public:
  work_list() noexcept = default;
  work_list(work_list&& other) noexcept { append(other); }
  work_list& operator=(work_list&&) = delete;

  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  void push(work& w) noexcept {
    w.next = nullptr;
    (first_ == nullptr ? first_ : last_->next) = &w;
    last_ = &w;
    ++size_;
  }

  /// The first, null if there is none.
  [[nodiscard]] work* front() const noexcept { return first_; }

  /// Removes and returns the first, null if there is none.
  work* pop() noexcept {
    work* const w = first_;
    if (w == nullptr) return nullptr;
    first_ = w->next;
    w->next = nullptr;
    --size_;
    return w;
  }

  /// Moves all of `other` to the end of this. O(1).
  void append(work_list& other) noexcept {
    if (other.empty()) return;
    (first_ == nullptr ? first_ : last_->next) = other.first_;
    last_ = other.last_;
    size_ += other.size_;
    other.first_ = nullptr;
    other.size_ = 0;
  }

 private:
  work* first_ = nullptr;
  work* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace jackdaw::work_stealing
