// SPDX-License-Identifier: MIT
// The same integers by std::sort.
#include "../harness/measure.hpp"
#include "workload.hpp"

int main() {
  std::vector<int> data = sorting::numbers();
  const int wrong = measure::once("sort", [&] {
    std::sort(data.begin(), data.end());
    return true;
  });
  return data == sorting::expected() ? wrong : 1;
}
