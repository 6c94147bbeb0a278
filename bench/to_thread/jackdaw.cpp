// SPDX-License-Identifier: MIT
// to_thread on jackdaw.
#include <jackdaw/offload/to_thread.hpp>
#include <jackdaw/runtime.hpp>

#include "../harness/measure.hpp"
#include "../harness/sum_of.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

std::uint64_t one() { return 1; }

jd::task<std::uint64_t> call() { co_return co_await jd::to_thread(one); }

jd::task<std::uint64_t> sequence() {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < blocking::calls; ++i) sum += co_await jd::to_thread(one);
  co_return sum;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  int wrong = measure::per_operation("to_thread_burst", blocking::calls, [&] {
    return runtime.run(measure::sum_of(blocking::calls, call)) == blocking::calls;
  });
  wrong += measure::per_operation("to_thread_sequential", blocking::calls,
                                  [&] { return runtime.run(sequence()) == blocking::calls; });
  return wrong;
}
