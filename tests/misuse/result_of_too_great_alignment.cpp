// SPDX-License-Identifier: MIT
// A task's result lies in a coroutine frame, which is aligned as operator new does it.
// expect: the result of a task lies in a coroutine's frame
#include <memory>

#include <jackdaw/task.hpp>

struct alignas(64) line {
  int value = 0;
};

#ifdef WELL_USED
jackdaw::task<std::unique_ptr<line>> body() { co_return std::make_unique<line>(); }
#else
jackdaw::task<line> body() { co_return line{}; }
#endif
