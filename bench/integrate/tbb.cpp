// SPDX-License-Identifier: MIT
// Adaptive integration on oneTBB: task_group, the second half in place.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_group.h>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

double integrate(const integral::piece& piece) {
  const integral::halves half = integral::halve(piece);
  if (integral::good_enough(piece, half)) return half.area();
  double a = 0;
  oneapi::tbb::task_group group;
  group.run([&a, &half] { a = integrate(half.first); });
  const double b = integrate(half.second);
  group.wait();
  return a + b;
}

}  // namespace

int main(int argc, char** argv) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          measure::workers(argc, argv));
  return measure::once("integrate", [] { return integral::right(integrate(integral::whole())); });
}
