// SPDX-License-Identifier: MIT
// Wake-up of a worker of jackdaw: submit.
#include <jackdaw/runtime.hpp>

#include "workload.hpp"

namespace {

jackdaw::task<double> now() { co_return measure::wall(); }

}  // namespace

int main(int argc, char** argv) {
  jackdaw::runtime runtime{jackdaw::runtime_options{.workers = measure::workers(argc, argv)}};
  return waking::latency([&] { return runtime.submit(now()).get(); });
}
