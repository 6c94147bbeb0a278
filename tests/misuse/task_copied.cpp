// SPDX-License-Identifier: MIT
// A task has one owner.
// expect: call to deleted constructor of 'jackdaw::task<>'
// expect of gcc: use of deleted function
#include <utility>

#include <jackdaw/task.hpp>

jackdaw::task<> work() { co_return; }

jackdaw::task<> body() {
  jackdaw::task<> first = work();
#ifdef WELL_USED
  jackdaw::task<> second = std::move(first);
#else
  jackdaw::task<> second = first;
#endif
  co_await std::move(second);
}
