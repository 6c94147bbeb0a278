// SPDX-License-Identifier: MIT
// Tasks are awaited once, so a container of them is given away.
// expect: so a container of them must be given away: write std::move(tasks)
#include <utility>
#include <vector>

#include <jackdaw/structured/gather.hpp>

jackdaw::task<int> body(std::vector<jackdaw::task<int>> tasks) {
#ifdef WELL_USED
  const auto all = co_await jackdaw::gather(std::move(tasks));
#else
  const auto all = co_await jackdaw::gather(tasks);
#endif
  co_return all.front();
}
