// SPDX-License-Identifier: MIT
// Queens as a plain function.
#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

std::uint64_t solutions(const queens::board& board, std::size_t placed) {
  if (placed == queens::size) return 1;
  std::uint64_t sum = 0;
  for (std::size_t column = 0; column < queens::size; ++column)
    if (queens::fits(board, placed, column))
      sum += solutions(queens::with_queen(board, placed, column), placed + 1);
  return sum;
}

}  // namespace

int main() {
  return measure::once("nqueens", [] { return solutions({}, 0) == queens::expected; });
}
