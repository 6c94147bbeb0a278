// SPDX-License-Identifier: MIT
// Many jackdaw tasks at once, and the sum of what they return.
#pragma once

#include <cstdint>
#include <vector>

#include <jackdaw/structured/task_group.hpp>

namespace measure {

/// Spawns `make()` that many times and adds the results up.
template <class Make>
jackdaw::task<std::uint64_t> sum_of(std::uint64_t tasks, Make make) {
  auto body = [&](jackdaw::task_group& group) -> jackdaw::task<std::uint64_t> {
    std::vector<jackdaw::join_handle<std::uint64_t>> children;
    children.reserve(tasks);
    for (std::uint64_t i = 0; i < tasks; ++i) children.push_back(group.spawn(make));
    std::uint64_t sum = 0;
    for (auto& child : children) sum += co_await std::move(child);
    co_return sum;
  };
  co_return co_await jackdaw::with_task_group(body);
}

}  // namespace measure
