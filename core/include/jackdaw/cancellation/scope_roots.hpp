// SPDX-License-Identifier: MIT
// The roots of all scope trees of the process, for introspection.
#pragma once

#include <jackdaw/base/intrusive_list.hpp>
#include <jackdaw/base/small_mutex.hpp>

namespace jackdaw {

class scope;

/// Keeps a root scope known; a member of whoever owns the scope, who calls `forget` before the
/// scope is closed: who has found a scope here may pin it.
class scope_root : public base::list_node<> {
 public:
  scope_root(scope& s, const char* kind) noexcept;
  ~scope_root() { forget(); }

  void forget() noexcept;

  [[nodiscard]] scope& root() const noexcept { return *scope_; }
  [[nodiscard]] const char* kind() const noexcept { return kind_; }

  /// Calls `visit(scope_root&)` for every root, under the lock of their list: none of them ends
  /// meanwhile.
  template <class Visit>
  static void for_each(Visit visit) {
    lock.lock();
    for (scope_root* r = all.front(); r != nullptr; r = all.next(*r)) visit(*r);
    lock.unlock();
  }

 private:
  static inline base::small_mutex lock;  // guards all
  static inline base::intrusive_list<scope_root> all;

  scope* scope_;
  const char* kind_;
};

}  // namespace jackdaw
