// SPDX-License-Identifier: MIT
// uv_queue_work on libuv; its pool has four threads, its loop one, whatever is asked for.
#include <uv.h>

#include <vector>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

void nothing(uv_work_t*) {}

bool burst(uv_loop_t& loop) {
  std::uint64_t sum = 0;
  std::vector<uv_work_t> all(blocking::calls);
  const auto done = [](uv_work_t* work, int) { ++*static_cast<std::uint64_t*>(work->data); };
  for (uv_work_t& each : all) {
    each.data = &sum;
    uv_queue_work(&loop, &each, nothing, done);
  }
  uv_run(&loop, UV_RUN_DEFAULT);
  return sum == blocking::calls;
}

void next(uv_work_t* work, int) {
  auto& sum = *static_cast<std::uint64_t*>(work->data);
  if (++sum != blocking::calls) uv_queue_work(work->loop, work, nothing, next);
}

bool sequence(uv_loop_t& loop) {
  std::uint64_t sum = 0;
  uv_work_t work{};
  work.data = &sum;
  uv_queue_work(&loop, &work, nothing, next);
  uv_run(&loop, UV_RUN_DEFAULT);
  return sum == blocking::calls;
}

}  // namespace

int main() {
  uv_loop_t* loop = uv_default_loop();
  int wrong =
      measure::per_operation("to_thread_burst", blocking::calls, [&] { return burst(*loop); });
  wrong += measure::per_operation("to_thread_sequential", blocking::calls,
                                  [&] { return sequence(*loop); });
  return wrong;
}
