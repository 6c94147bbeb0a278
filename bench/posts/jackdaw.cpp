// SPDX-License-Identifier: MIT
// Posts on jackdaw: submit.
#include <jackdaw/runtime.hpp>

#include <atomic>
#include <vector>

#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<> count(std::atomic<int>& done) {
  done.fetch_add(1, std::memory_order_relaxed);
  co_return;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  std::atomic<int> done{0};
  std::vector<jd::submission<void>> all;
  all.reserve(posting::posts);
  int wrong = posting::share_of_core([&] { all.push_back(runtime.submit(count(done))); });
  for (auto& each : all) each.get();
  return done == posting::posts ? wrong : 1;
}
