// SPDX-License-Identifier: MIT
// co_return gives what the task's type says.
// expect: no matching member function for call to 'return_value'
// expect of gcc: no matching function for call to
#include <string>

#include <jackdaw/task.hpp>

jackdaw::task<std::string> body() {
#ifdef WELL_USED
  co_return "seven";
#else
  co_return 7;
#endif
}
