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

/// A doubly linked list, circular, whose head is one word and whose untouched state is zero, so
/// that the scopes of tasks and of a fork-join tree, which hardly ever get a member, cost little.
/// Not thread-safe.
class member_list {
 public:
  [[nodiscard]] bool empty() const noexcept { return last_ == nullptr; }

  void push_back(member& m) noexcept {
    if (last_ == nullptr) {
      m.prev_ = m.next_ = &m;
    } else {
      m.prev_ = last_;
      m.next_ = last_->next_;
      m.next_->prev_ = last_->next_ = &m;
    }
    last_ = &m;
  }

  /// Works on any list that `m` is in and is not the last of.
  void erase(member& m) noexcept {
    if (m.next_ == &m) {
      last_ = nullptr;
      return;
    }
    m.prev_->next_ = m.next_;
    m.next_->prev_ = m.prev_;
    if (last_ == &m) last_ = m.prev_;
  }

  [[nodiscard]] member* pop_front() noexcept {
    if (last_ == nullptr) return nullptr;
    member* const m = last_->next_;
    erase(*m);
    return m;
  }

  /// Into an empty list.
  void take_all(member_list& other) noexcept {
    last_ = other.last_;
    other.last_ = nullptr;
  }

  [[nodiscard]] bool is_last(const member& m) const noexcept { return last_ == &m; }

  template <class Visit>
  void for_each(Visit visit) {
    if (last_ == nullptr) return;
    for (member* m = last_->next_;; m = m->next_) {
      visit(*m);
      if (m == last_) return;
    }
  }

 private:
  member* last_ = nullptr;
};

}  // namespace jackdaw
