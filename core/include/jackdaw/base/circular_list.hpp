// SPDX-License-Identifier: MIT
// A doubly linked list whose head is one word and whose untouched state is zero.
#pragma once

#include <utility>

namespace jackdaw::base {

/// A list of `T`, which has the links `T* prev` and `T* next`; whether an element is in a list is
/// its user's to know. For heads of which there are many and most stay empty; see intrusive_list
/// for one that can erase without the head. Owns nothing.
///
/// Invariant: circular; `last_` is null or the last element, and `last_->next` the first. Thread
/// safety: none; whoever shares a list guards it.
template <class T>
class circular_list {
 public:
  [[nodiscard]] bool empty() const noexcept { return last_ == nullptr; }
  [[nodiscard]] T* front() const noexcept { return last_ != nullptr ? last_->next : nullptr; }
  [[nodiscard]] bool is_last(const T& element) const noexcept { return last_ == &element; }

  void push_back(T& element) noexcept {
    if (last_ == nullptr) {
      element.prev = element.next = &element;
    } else {
      element.prev = last_;
      element.next = last_->next;
      element.next->prev = last_->next = &element;
    }
    last_ = &element;
  }

  /// Works through any list's head when `element` is not the last of its own.
  void erase(T& element) noexcept {
    if (element.next == &element) {
      last_ = nullptr;
      return;
    }
    element.prev->next = element.next;
    element.next->prev = element.prev;
    if (last_ == &element) last_ = element.prev;
  }

  /// Removes the first element and returns it, null if there is none.
  [[nodiscard]] T* pop_front() noexcept {
    T* const first = front();
    if (first != nullptr) erase(*first);
    return first;
  }

  /// Into an empty list.
  void take_all(circular_list& other) noexcept { last_ = std::exchange(other.last_, nullptr); }

  template <class Visit>
  void for_each(Visit visit) {
    if (last_ == nullptr) return;
    for (T* element = last_->next;; element = element->next) {
      visit(*element);
      if (element == last_) return;
    }
  }

 private:
  T* last_ = nullptr;
};

}  // namespace jackdaw::base
