// SPDX-License-Identifier: MIT
// Queens on jackdaw: gather of as many children as there are places.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>

#include <numeric>
#include <ranges>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<std::uint64_t> solutions(queens::board board, std::size_t placed) {
  if (placed == queens::size) co_return 1;
  const auto fits = [&](std::size_t column) { return queens::fits(board, placed, column); };
  const auto below = [&](std::size_t column) {
    return solutions(queens::with_queen(board, placed, column), placed + 1);
  };
  auto children = std::views::iota(std::size_t{0}, queens::size) | std::views::filter(fits) |
                  std::views::transform(below);
  const auto sums = co_await jd::gather(children);
  co_return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  return measure::once("nqueens",
                       [&] { return runtime.run(solutions({}, 0)) == queens::expected; });
}
