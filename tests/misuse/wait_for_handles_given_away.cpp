// SPDX-License-Identifier: MIT
// wait() looks at handles: those of a temporary would be gone.
// expect: wait() only looks at the handles: keep their container in a variable
#include <utility>
#include <vector>

#include <jackdaw/structured/wait.hpp>

jackdaw::task<> body(std::vector<jackdaw::join_handle<int>> handles) {
#ifdef WELL_USED
  co_await jackdaw::wait(handles);
#else
  co_await jackdaw::wait(std::move(handles));
#endif
}
