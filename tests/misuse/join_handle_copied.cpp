// SPDX-License-Identifier: MIT
// A join_handle has one owner, because its value can be moved out.
// expect: call to implicitly-deleted copy constructor of 'const jackdaw::join_handle<int>'
// expect of gcc: use of deleted function
#include <utility>

#include <jackdaw/structured/join_handle.hpp>

void body(jackdaw::join_handle<int> mine) {
#ifdef WELL_USED
  const jackdaw::join_handle<int> other = std::move(mine);
#else
  const jackdaw::join_handle<int> other = mine;
#endif
  other.cancel();
}
