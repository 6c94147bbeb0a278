// SPDX-License-Identifier: MIT
// Mixed load on jackdaw: the fan-outs are gathers, the probe is a spawned task.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/time/sleep.hpp>

#include <atomic>
#include <functional>

#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<> compute(double seconds) {
  mixed::compute(seconds);
  co_return;
}

jd::task<> fan_out(const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed)) {
    std::vector<jd::task<>> children;
    for (std::size_t i = 0; i < mixed::children; ++i)
      children.push_back(compute(mixed::child_seconds));
    co_await jd::gather(std::move(children));
    co_await jd::sleep_for(mixed::rest);
  }
}

jd::task<std::vector<double>> probe() {
  std::atomic<bool> stop{false};
  auto body = [&](jd::task_group& group) -> jd::task<std::vector<double>> {
    std::vector<double> microseconds;
    for (std::size_t i = 0; i < mixed::fan_outs; ++i) group.spawn(fan_out, std::cref(stop));
    for (std::size_t i = 0; i < mixed::probes; ++i) {
      co_await jd::sleep_for(mixed::period);
      const double before = measure::wall();
      auto handle = group.spawn(compute, mixed::probe_seconds);
      co_await handle;
      microseconds.push_back((measure::wall() - before) * 1e6);
    }
    stop.store(true, std::memory_order_relaxed);
    co_return microseconds;
  };
  co_return co_await jd::with_task_group(body);
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  std::vector<double> microseconds = runtime.run(probe());
  return mixed::report(microseconds);
}
