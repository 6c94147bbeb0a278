// SPDX-License-Identifier: MIT
// The integral of x (x^2 + 1) from 0 to 10^4 by halving until two trapezoids are as good as one.
#pragma once

#include <cmath>

namespace integral {

inline constexpr double from = 0;
inline constexpr double to = 10'000;
inline constexpr double tolerance = 1e-6;

inline double f(double x) { return x * (x * x + 1); }

/// A piece of the axis, what f is at its ends, and the area under the line between them.
struct piece {
  double left, right, f_left, f_right, area;
};

inline piece make_piece(double left, double right, double f_left, double f_right) {
  return {left, right, f_left, f_right, (f_left + f_right) * (right - left) / 2};
}
inline piece whole() { return make_piece(from, to, f(from), f(to)); }

struct halves {
  piece first, second;
  [[nodiscard]] double area() const { return first.area + second.area; }
};

inline halves halve(const piece& p) {
  const double middle = p.left + (p.right - p.left) / 2;
  const double f_middle = f(middle);
  return {make_piece(p.left, middle, p.f_left, f_middle),
          make_piece(middle, p.right, f_middle, p.f_right)};
}

inline bool good_enough(const piece& p, const halves& h) {
  return std::abs(h.area() - p.area) < tolerance;
}

inline bool right(double area) {
  const double exact = to * to * (to * to / 4 + 0.5);
  return std::abs(area - exact) < exact * 1e-9;
}

}  // namespace integral
