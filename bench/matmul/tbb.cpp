// SPDX-License-Identifier: MIT
// Matrix product on oneTBB: two times parallel_invoke of four.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_invoke.h>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

using matrices::source;
using matrices::target;

void multiply(target r, source a, source b) {
  if (r.width == matrices::leaf) return matrices::multiply_leaf(r, a, b);
  for (std::size_t k = 0; k < 2; ++k)
    oneapi::tbb::parallel_invoke(
        [&] { multiply(r.quadrant(0, 0), a.quadrant(0, k), b.quadrant(k, 0)); },
        [&] { multiply(r.quadrant(0, 1), a.quadrant(0, k), b.quadrant(k, 1)); },
        [&] { multiply(r.quadrant(1, 0), a.quadrant(1, k), b.quadrant(k, 0)); },
        [&] { multiply(r.quadrant(1, 1), a.quadrant(1, k), b.quadrant(k, 1)); });
}

}  // namespace

int main(int argc, char** argv) {
  matrices::problem problem;
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          measure::workers(argc, argv));
  const int wrong = measure::once("matmul", [&] {
    multiply(problem.result(), problem.left(), problem.right());
    return true;
  });
  return problem.solved() ? wrong : 1;
}
