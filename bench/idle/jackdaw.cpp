// SPDX-License-Identifier: MIT
// A runtime with nothing to do but one long sleep; idle/run.py counts how often its threads wake
// up.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

namespace {

jackdaw::task<> some_work() {
  for (int i = 0; i < 1000; ++i) co_await jackdaw::yield();
}

jackdaw::task<> work_then_sleep(std::chrono::seconds seconds) {
  co_await jackdaw::gather(some_work(), some_work());  // every worker has been awake once
  std::puts("idle");
  std::fflush(stdout);
  co_await jackdaw::sleep_for(seconds);
}

}  // namespace

int main(int argc, char** argv) {
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 10;
  jackdaw::runtime rt{jackdaw::runtime_options{.workers = 2}};
  rt.run(work_then_sleep(std::chrono::seconds(seconds)));
}
