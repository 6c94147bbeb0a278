// SPDX-License-Identifier: MIT
// A gather without co_await is refused.
// expect: nothing runs until this is awaited: write co_await
#include <jackdaw/structured/gather.hpp>

jackdaw::task<> work() { co_return; }

jackdaw::task<> body() {
#ifdef WELL_USED
  co_await jackdaw::gather(work(), work());
#else
  jackdaw::gather(work(), work());
#endif
  co_return;
}
