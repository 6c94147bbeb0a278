// SPDX-License-Identifier: MIT
// A doubly linked list whose links live in the elements: no
// allocation, O(1) removal without knowing the list.
#pragma once

#include <cassert>
#include <concepts>

namespace jackdaw::base {

template <class T, class Tag>
class intrusive_list;

/// The links of an element. Derive from it once for each list that the element can be in at a time,
/// with a tag each.
template <class Tag = void>
class list_node {
 public:
  list_node() noexcept = default;
  list_node(const list_node&) = delete;
  list_node& operator=(const list_node&) = delete;

  /// Whether the node is in some list. Guarded by whatever guards that list.
  [[nodiscard]] bool linked() const noexcept { return next_ != nullptr; }

 protected:
  ~list_node() = default;

 private:
  template <class, class>
  friend class intrusive_list;

  void link_before(list_node& position) noexcept {
    assert(!linked() && "the node is in a list already: erase it first");
    next_ = &position;
    prev_ = position.prev_;
    prev_->next_ = this;
    position.prev_ = this;
  }

  void unlink() noexcept {
    assert(linked() && "the node is in no list");
    prev_->next_ = next_;
    next_->prev_ = prev_;
    next_ = prev_ = nullptr;
  }

  list_node* next_ = nullptr;  // null: in no list
  list_node* prev_ = nullptr;
};

/// A list of `T`, which derives from `list_node<Tag>`. The list owns nothing; it must be empty when
/// it is destroyed.
///
/// Invariants: circular through a sentinel, so that no operation has a branch for the ends; a
/// node's links are null if and only if it is in no list. Thread safety: none; whoever shares a
/// list guards it.
template <class T, class Tag = void>
class intrusive_list {
  using node = list_node<Tag>;

 public:
  intrusive_list() noexcept { sentinel_.next_ = sentinel_.prev_ = &sentinel_; }
  intrusive_list(const intrusive_list&) = delete;
  intrusive_list& operator=(const intrusive_list&) = delete;
  ~intrusive_list() { assert(empty() && "a list dies with nodes that still point into it"); }

  [[nodiscard]] bool empty() const noexcept { return sentinel_.next_ == &sentinel_; }

  void push_back(T& element) noexcept { as_node(element).link_before(sentinel_); }
  void push_front(T& element) noexcept { as_node(element).link_before(*sentinel_.next_); }

  /// The first element, null if there is none.
  [[nodiscard]] T* front() const noexcept { return as_element(sentinel_.next_); }

  /// The element behind `element`, null at the end. For walks: `for (T* e = l.front(); e; e =
  /// l.after(*e))`.
  [[nodiscard]] T* after(T& element) const noexcept { return as_element(as_node(element).next_); }

  /// Removes the first element and returns it, null if there is none.
  T* pop_front() noexcept {
    T* const first = front();
    if (first != nullptr) erase(*first);
    return first;
  }

  /// Puts `element` right behind `position`, in whichever list that is.
  static void insert_after(T& position, T& element) noexcept {
    as_node(element).link_before(*as_node(position).next_);
  }

  /// Removes `element` from whichever list it is in.
  static void erase(T& element) noexcept { as_node(element).unlink(); }

  /// Moves all elements, in order, to the end of `other`.
  void splice_all_to(intrusive_list& other) noexcept {
    if (empty()) return;
    node* const first = sentinel_.next_;
    node* const last = sentinel_.prev_;
    sentinel_.next_ = sentinel_.prev_ = &sentinel_;
    first->prev_ = other.sentinel_.prev_;
    first->prev_->next_ = first;
    last->next_ = &other.sentinel_;
    other.sentinel_.prev_ = last;
  }

 private:
  struct sentinel_node : node {};

  static node& as_node(T& element) noexcept {
    static_assert(std::derived_from<T, node>, "T must derive from list_node<Tag>");
    return element;
  }
  T* as_element(node* n) const noexcept { return n == &sentinel_ ? nullptr : static_cast<T*>(n); }

  sentinel_node sentinel_;
};

}  // namespace jackdaw::base
