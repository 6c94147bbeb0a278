// SPDX-License-Identifier: MIT
// Adaptive integration on jackdaw: gather of two.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

jd::task<double> integrate(integral::piece piece) {
  const integral::halves half = integral::halve(piece);
  if (integral::good_enough(piece, half)) co_return half.area();
  const auto [a, b] = co_await jd::gather(integrate(half.first), integrate(half.second));
  co_return a + b;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  return measure::once("integrate",
                       [&] { return integral::right(runtime.run(integrate(integral::whole()))); });
}
