// SPDX-License-Identifier: MIT
// Samples of phases that follow one another.
#pragma once

#include "measure.hpp"

namespace measure {

/// Starts when it is made; each lap is a sample in nanoseconds per operation.
class stopwatch {
 public:
  explicit stopwatch(double operations) : operations_(operations) {}

  int lap(const std::string& name, bool right) {
    const double scale = 1e9 / operations_;
    const int wrong =
        sample(name, (wall() - wall_) * scale, "ns", (measure::cpu() - cpu_) * scale, right);
    restart();
    return wrong;
  }
  void restart() {
    wall_ = wall();
    cpu_ = measure::cpu();
  }

 private:
  double operations_;
  double wall_ = wall();
  double cpu_ = measure::cpu();
};

}  // namespace measure
