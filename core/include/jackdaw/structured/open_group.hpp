// SPDX-License-Identifier: MIT
// The groups that are open, also those of which no tree of scopes knows yet; for introspection.
#pragma once

#include <jackdaw/base/intrusive_list.hpp>

namespace jackdaw {

class scope;

/// Keeps a group known while it is open; a member of the group, which calls `forget` before it
/// closes its scope.
///
/// A scope is linked to its parent when a task below it parks for the first time: most groups of
/// short tasks never are, and spawn does nothing for it. So that they can be seen all the same, a
/// group is in a list from its beginning to its end: one of many lists, that of the thread that has
/// opened it, whose lock hardly anybody else wants.
class open_group : public base::list_node<> {
 public:
  explicit open_group(scope& s) noexcept;
  ~open_group() { forget(); }

  void forget() noexcept;

  /// Links the scope of every group that is open to its tree, as a park in it would have done. Any
  /// thread.
  static void link_all() noexcept;

 private:
  struct list;

  scope* scope_;
  list* known_in_;  // null: forgotten
};

}  // namespace jackdaw
