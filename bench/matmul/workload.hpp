// SPDX-License-Identifier: MIT
// The product of two 2048 x 2048 matrices of floats, by quadrants down to blocks of 32.
#pragma once

#include <cstddef>
#include <cstring>
#include <vector>

namespace matrices {

inline constexpr std::size_t size = 2048;
inline constexpr std::size_t leaf = 32;

/// A square part of a matrix, by its first element; rows are `size` apart.
template <class T>
struct square {
  T* first;
  std::size_t width;

  [[nodiscard]] square quadrant(std::size_t row, std::size_t column) const {
    const std::size_t half = width / 2;
    return {first + (row * size + column) * half, half};
  }
};
using target = square<float>;
using source = square<const float>;

/// A row of a block, in vector registers.
using row = float __attribute__((vector_size(leaf * sizeof(float))));

inline row load(const float* from) {
  row r;
  std::memcpy(&r, from, sizeof r);
  return r;
}

/// r += a * b, one block; eight rows of r at a time, which the registers hold. Rows are a power of
/// two apart, so what leaves the registers is soon out of the first cache too.
inline void multiply_leaf(target r, source a, source b) {
  constexpr std::size_t rows = 8;
  for (std::size_t top = 0; top < leaf; top += rows) {
    row sums[rows];
    for (std::size_t i = 0; i < rows; ++i) sums[i] = load(r.first + (top + i) * size);
    for (std::size_t k = 0; k < leaf; ++k) {
      const row factors = load(b.first + k * size);
      for (std::size_t i = 0; i < rows; ++i) sums[i] += a.first[(top + i) * size + k] * factors;
    }
    for (std::size_t i = 0; i < rows; ++i)
      std::memcpy(r.first + (top + i) * size, &sums[i], sizeof(row));
  }
}

/// Small whole numbers, so that the product is exact in floats.
struct problem {
  std::vector<float> a = std::vector<float>(size * size);
  std::vector<float> b = std::vector<float>(size * size);
  std::vector<float> r = std::vector<float>(size * size);

  problem() {
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < size; ++j) {
        a[i * size + j] = static_cast<float>((i + 2 * j) % 7);
        b[i * size + j] = static_cast<float>((3 * i + j) % 5);
      }
  }
  [[nodiscard]] target result() { return {r.data(), size}; }
  [[nodiscard]] source left() const { return {a.data(), size}; }
  [[nodiscard]] source right() const { return {b.data(), size}; }

  /// Multiplies both sides by a vector of small numbers, which takes no time.
  [[nodiscard]] bool solved() const {
    std::vector<double> v(size), bv(size), abv(size), rv(size);
    for (std::size_t i = 0; i < size; ++i) v[i] = static_cast<double>(i % 11);
    apply(b, v, bv);
    apply(a, bv, abv);
    apply(r, v, rv);
    return abv == rv;
  }

 private:
  static void apply(const std::vector<float>& m, const std::vector<double>& v,
                    std::vector<double>& out) {
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < size; ++j) out[i] += static_cast<double>(m[i * size + j]) * v[j];
  }
};

}  // namespace matrices
