// SPDX-License-Identifier: MIT
// Spawn and join on jackdaw: a task group and its handles.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>

#include <vector>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<std::uint64_t> give_back(std::uint64_t value) { co_return value; }

jd::task<std::uint64_t> spawn_and_join(std::uint64_t count) {
  auto body = [count](jd::task_group& group) -> jd::task<std::uint64_t> {
    std::vector<jd::join_handle<std::uint64_t>> children;
    children.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) children.push_back(group.spawn(give_back, i));
    std::uint64_t sum = 0;
    for (auto& child : children) sum += co_await std::move(child);
    co_return sum;
  };
  co_return co_await jd::with_task_group(body);
}

jd::task<bool> in_groups_of(std::uint64_t size) {
  bool right = true;
  for (std::uint64_t done = 0; done < spawning::tasks; done += size) {
    const std::uint64_t sum = co_await spawn_and_join(size);
    right = right && sum == spawning::sum_below(size);
  }
  co_return right;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  const auto run = [&](const char* name, std::uint64_t size) {
    return measure::per_operation(name, spawning::tasks,
                                  [&] { return runtime.run(in_groups_of(size)); });
  };
  return run("spawn_batches", spawning::batch) + run("spawn_all", spawning::tasks);
}
