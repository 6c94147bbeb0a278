// SPDX-License-Identifier: MIT
// Matrix product as a plain function.
#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

using matrices::source;
using matrices::target;

void multiply(target r, source a, source b) {
  if (r.width == matrices::leaf) return matrices::multiply_leaf(r, a, b);
  for (std::size_t k = 0; k < 2; ++k)
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t j = 0; j < 2; ++j)
        multiply(r.quadrant(i, j), a.quadrant(i, k), b.quadrant(k, j));
}

}  // namespace

int main() {
  matrices::problem problem;
  const int wrong = measure::once("matmul", [&] {
    multiply(problem.result(), problem.left(), problem.right());
    return true;
  });
  return problem.solved() ? wrong : 1;
}
