// SPDX-License-Identifier: MIT
// Adaptive integration as a plain function.
#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

double integrate(const integral::piece& piece) {
  const integral::halves half = integral::halve(piece);
  if (integral::good_enough(piece, half)) return half.area();
  return integrate(half.first) + integrate(half.second);
}

}  // namespace

int main() {
  return measure::once("integrate", [] { return integral::right(integrate(integral::whole())); });
}
