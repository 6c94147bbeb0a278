// SPDX-License-Identifier: MIT
// A mutex on jackdaw.
#include <jackdaw/runtime.hpp>
#include <jackdaw/sync/mutex.hpp>

#include "../harness/measure.hpp"
#include "../harness/sum_of.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<std::uint64_t> add_often(jd::mutex& m, std::uint64_t& total) {
  for (std::uint64_t i = 0; i < contention::each; ++i) {
    const auto guard = co_await m.lock();
    ++total;
  }
  co_return contention::each;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  constexpr std::uint64_t all = contention::tasks * contention::each;
  return measure::per_operation("mutex", all, [&] {
    jd::mutex m;
    std::uint64_t total = 0;
    const auto one = [&] { return add_often(m, total); };
    return runtime.run(measure::sum_of(contention::tasks, one)) == all && total == all;
  });
}
