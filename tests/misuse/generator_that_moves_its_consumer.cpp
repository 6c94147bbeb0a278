// SPDX-License-Identifier: MIT
// resume_on in a generator would take its consumer along.
// expect: a generator cannot resume_on another executor
#include <jackdaw/async_generator.hpp>
#include <jackdaw/structured/resume_on.hpp>

jackdaw::task<int> part() { co_return 1; }

jackdaw::async_generator<int> numbers(jackdaw::any_executor& elsewhere) {
#ifdef WELL_USED
  const int number = co_await jackdaw::run_on(elsewhere, part());
  co_yield number;
#else
  co_await jackdaw::resume_on(elsewhere);
  co_yield 1;
#endif
}
