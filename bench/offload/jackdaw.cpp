// SPDX-License-Identifier: MIT
// offload on jackdaw.
#include <jackdaw/offload/offload.hpp>
#include <jackdaw/runtime.hpp>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

std::uint64_t one() { return 1; }

jd::task<std::uint64_t> sequence() {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < bursts::calls; ++i) sum += co_await jd::offload(one);
  co_return sum;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  return measure::per_operation("offload", bursts::calls,
                                [&] { return runtime.run(sequence()) == bursts::calls; });
}
