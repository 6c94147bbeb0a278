// SPDX-License-Identifier: MIT
// An idle runtime of jackdaw.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<> some_work() {
  for (int i = 0; i < 1000; ++i) co_await jd::yield();
}

jd::task<> work_then_sleep() {
  co_await jd::gather(some_work(), some_work());  // every worker has been awake once
  co_await jd::sleep_for(idleness::sleep);
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  const auto sleeping = runtime.submit(work_then_sleep());
  return idleness::count();
}
