// SPDX-License-Identifier: MIT
// Skynet on jackdaw: gather of an array of ten.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>

#include <array>
#include <numeric>
#include <utility>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<std::uint64_t> tree(std::uint64_t first, std::uint64_t leaves);

template <std::size_t... I>
auto children(std::uint64_t first, std::uint64_t leaves, std::index_sequence<I...>) {
  return std::array{tree(first + I * leaves, leaves)...};
}

jd::task<std::uint64_t> tree(std::uint64_t first, std::uint64_t leaves) {
  if (leaves == 1) co_return first;
  const auto each = std::make_index_sequence<skynet::fan_out>{};
  const auto sums = co_await jd::gather(children(first, leaves / skynet::fan_out, each));
  co_return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  return measure::once("skynet",
                       [&] { return runtime.run(tree(0, skynet::leaves)) == skynet::expected; });
}
