// SPDX-License-Identifier: MIT
// Matrix product on jackdaw: two gathers of four.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;
using matrices::source;
using matrices::target;

jd::task<> multiply(target r, source a, source b) {
  if (r.width == matrices::leaf) {
    matrices::multiply_leaf(r, a, b);
    co_return;
  }
  for (std::size_t k = 0; k < 2; ++k)
    co_await jd::gather(multiply(r.quadrant(0, 0), a.quadrant(0, k), b.quadrant(k, 0)),
                        multiply(r.quadrant(0, 1), a.quadrant(0, k), b.quadrant(k, 1)),
                        multiply(r.quadrant(1, 0), a.quadrant(1, k), b.quadrant(k, 0)),
                        multiply(r.quadrant(1, 1), a.quadrant(1, k), b.quadrant(k, 1)));
}

}  // namespace

int main(int argc, char** argv) {
  matrices::problem problem;
  int wrong = 0;
  {
    jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
    wrong = measure::once("matmul", [&] {
      runtime.run(multiply(problem.result(), problem.left(), problem.right()));
      return true;
    });
  }
  return problem.solved() ? wrong : 1;
}
