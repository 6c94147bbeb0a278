// SPDX-License-Identifier: MIT
// A semaphore on jackdaw.
#include <jackdaw/runtime.hpp>
#include <jackdaw/sync/semaphore.hpp>
#include <jackdaw/yield.hpp>

#include "../harness/measure.hpp"
#include "../harness/sum_of.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<std::uint64_t> acquire_often(jd::semaphore& from) {
  std::uint64_t count = 0;
  for (; count < permits::each; ++count) {
    const auto permit = co_await from.acquire();
    co_await jd::yield();
  }
  co_return count;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  constexpr std::uint64_t all = permits::tasks * permits::each;
  return measure::per_operation("semaphore", all, [&] {
    jd::semaphore limit(permits::count);
    const auto one = [&limit] { return acquire_often(limit); };
    return runtime.run(measure::sum_of(permits::tasks, one)) == all;
  });
}
