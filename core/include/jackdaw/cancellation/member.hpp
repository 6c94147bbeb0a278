// SPDX-License-Identifier: MIT
// What a scope keeps track of: parked tasks and inner scopes, in one intrusive list.
#pragma once

#include <cstdint>

namespace jackdaw {

/// A node of a scope's member list. Guarded by the lock of the scope whose list it is in.
class member {
 public:
  enum class kind : std::uint8_t { task, scope };

  explicit member(kind k) noexcept : kind_(k) {}
  member(const member&) = delete;
  member& operator=(const member&) = delete;

  [[nodiscard]] kind what() const noexcept { return kind_; }

 protected:
  ~member() = default;

 private:
  friend class member_list;
  member* prev_;  // both in a list only
  member* next_;
  const kind kind_;
};

/// A doubly linked list whose head is two words and whose untouched state is all zero, so that the
/// scopes of a fork-join tree, which hardly ever get a member, cost nothing to set up. Not
/// thread-safe.
class member_list {
 public:
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

  void push_back(member& m) noexcept {
    m.prev_ = last_;
    m.next_ = nullptr;
    (last_ != nullptr ? last_->next_ : first_) = &m;
    last_ = &m;
  }

  void erase(member& m) noexcept {
    (m.prev_ != nullptr ? m.prev_->next_ : first_) = m.next_;
    (m.next_ != nullptr ? m.next_->prev_ : last_) = m.prev_;
    m.prev_ = m.next_ = nullptr;
  }

  [[nodiscard]] member* front() const noexcept { return first_; }

  [[nodiscard]] member* pop_front() noexcept {
    member* m = first_;
    if (m != nullptr) erase(*m);
    return m;
  }

  void take_all(member_list& other) noexcept {
    first_ = other.first_;
    last_ = other.last_;
    other.first_ = other.last_ = nullptr;
  }

  [[nodiscard]] bool is_end(const member& m) const noexcept { return first_ == &m || last_ == &m; }

  template <class Visit>
  void for_each(Visit visit) {
    for (member* m = first_; m != nullptr; m = m->next_) visit(*m);
  }

 private:
  member* first_ = nullptr;
  member* last_ = nullptr;
};

}  // namespace jackdaw
