// SPDX-License-Identifier: MIT
// The roots of all scope trees of the process, for introspection.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>

#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/base/intrusive_list.hpp>
#include <jackdaw/base/small_mutex.hpp>

namespace jackdaw {

class scope;

/// Keeps a root scope known; a member of whoever owns the scope, who calls `forget` before the
/// scope is closed: who has found a scope here may pin it.
///
/// Thread safety: made, forgotten and destroyed by one thread at a time; for_each from any thread.
class scope_root : public base::list_node<> {
 public:
  scope_root(scope& s, const char* kind) noexcept;
  ~scope_root() { forget(); }

  void forget() noexcept;

  [[nodiscard]] scope& root() const noexcept { return *scope_; }
  [[nodiscard]] const char* kind() const noexcept { return kind_; }

  /// Calls `visit(scope_root&)` for every root, under the lock of its list: it does not end
  /// meanwhile.
  template <class Visit>
  static void for_each(Visit visit) {
    for (list& each : lists) {
      const std::lock_guard guard(each.lock);
      for (scope_root* r = each.roots.front(); r != nullptr; r = each.roots.after(*r)) visit(*r);
    }
  }

 private:
  // Threads that start and end tasks of their own at the same time would meet at a single list.
  struct alignas(base::cache_line) list {
    base::small_mutex lock;  // guards roots
    base::intrusive_list<scope_root> roots;
  };
  static inline std::array<list, 16> lists;

  [[nodiscard]] list& mine() const noexcept;

  scope* scope_;
  const char* kind_;
  bool known_ = true;
};

}  // namespace jackdaw
