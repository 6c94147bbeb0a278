// SPDX-License-Identifier: MIT
// jackdaw's smallest operations, one worker, by Google Benchmark. tests/guards counts their
// instructions.
#include <benchmark/benchmark.h>

#include <functional>

#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/semaphore.hpp>
#include <jackdaw/yield.hpp>

namespace {

namespace jd = jackdaw;

jd::task<int> leaf() { co_return 1; }

jd::task<> checkpoint(benchmark::State& state) {
  for (auto _ : state) co_await jd::checkpoint();
}

jd::task<> await_in_place(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await leaf());
}

jd::task<> gather_two(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await jd::gather(leaf(), leaf()));
}

jd::task<> yield(benchmark::State& state) {
  for (auto _ : state) co_await jd::yield();
}

jd::task<> spawn_and_join(benchmark::State& state) {
  auto body = [&](jd::task_group& group) -> jd::task<> {
    for (auto _ : state) benchmark::DoNotOptimize(co_await group.spawn(leaf));
  };
  co_await jd::with_task_group(body);
}

jd::task<> answer(jd::semaphore& ping, jd::semaphore& pong) {
  for (;;) {
    (co_await ping.acquire()).keep();
    pong.release();
  }
}

// Two parks and two grants.
jd::task<> park_and_grant_twice(benchmark::State& state) {
  jd::semaphore ping(0), pong(0);
  auto body = [&](jd::task_group& group) -> jd::task<> {
    const auto partner = group.spawn(answer, std::ref(ping), std::ref(pong));
    for (auto _ : state) {
      ping.release();
      (co_await pong.acquire()).keep();
    }
    partner.cancel();
  };
  co_await jd::with_task_group(body);
}

void run(benchmark::State& state, jd::task<> (*body)(benchmark::State&)) {
  jd::runtime runtime{jd::runtime_options{.workers = 1}};
  runtime.run(body(state));
}

BENCHMARK_CAPTURE(run, checkpoint, checkpoint);
BENCHMARK_CAPTURE(run, await_in_place, await_in_place);
BENCHMARK_CAPTURE(run, gather_two, gather_two);
BENCHMARK_CAPTURE(run, yield, yield);
BENCHMARK_CAPTURE(run, spawn_and_join, spawn_and_join);
BENCHMARK_CAPTURE(run, park_and_grant_twice, park_and_grant_twice);

}  // namespace

BENCHMARK_MAIN();
