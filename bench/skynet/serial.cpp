// SPDX-License-Identifier: MIT
// Skynet as a plain function.
#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

std::uint64_t tree(std::uint64_t first, std::uint64_t leaves) {
  if (leaves == 1) return first;
  const std::uint64_t part = leaves / skynet::fan_out;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < skynet::fan_out; ++i) sum += tree(first + i * part, part);
  return sum;
}

}  // namespace

int main() {
  return measure::once("skynet", [] { return tree(0, skynet::leaves) == skynet::expected; });
}
