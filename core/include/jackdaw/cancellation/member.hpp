// SPDX-License-Identifier: MIT
// What a scope keeps track of: parked tasks and inner scopes, in one intrusive list.
#pragma once

#include <cstdint>

#include <jackdaw/base/circular_list.hpp>

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
  friend base::circular_list<member>;
  member* prev;  // both in a list only
  member* next;
  const kind kind_;
};

/// In order of arrival. One word, because the scopes of tasks and of a fork-join tree hardly ever
/// get a member.
using member_list = base::circular_list<member>;

}  // namespace jackdaw
