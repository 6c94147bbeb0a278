// SPDX-License-Identifier: MIT
#include "mandelbrot.hpp"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>
#include <png.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>

namespace server {

namespace {

constexpr unsigned side = 256;
using tile = std::array<std::uint8_t, side * side>;

/// How long the point stays bounded, as a grey; the constants frame the whole set.
std::uint8_t shade(unsigned column, unsigned row, unsigned depth) {
  const double real = -2.2 + 3.0 * column / side;
  const double imaginary = -1.5 + 3.0 * row / side;
  double x = 0, y = 0;
  unsigned i = 0;
  while (i < depth && x * x + y * y < 4) {
    const double next = x * x - y * y + real;
    y = 2 * x * y + imaginary;
    x = next;
    ++i;
  }
  return i == depth ? std::uint8_t{0} : static_cast<std::uint8_t>(64 + i % 192);
}

void render_rows(tile& pixels, unsigned first, unsigned last, unsigned depth) {
  for (unsigned row = first; row < last; ++row)
    for (unsigned column = 0; column < side; ++column)
      pixels[row * side + column] = shade(column, row, depth);
}

std::string png_of(const tile& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = side;
  image.height = side;
  image.format = PNG_FORMAT_GRAY;
  image.flags = PNG_IMAGE_FLAG_FAST;
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = bytes.size();
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr) == 0)
    throw std::runtime_error(image.message);
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string render_tile_in_parallel(unsigned depth) {
  tile pixels{};
  tbb::parallel_for(tbb::blocked_range<unsigned>(0, side, 4),
                    [&pixels, depth](const tbb::blocked_range<unsigned>& rows) {
                      render_rows(pixels, rows.begin(), rows.end(), depth);
                    });
  return png_of(pixels);
}

std::string render_tile(unsigned depth) {
  tile pixels{};
  render_rows(pixels, 0, side, depth);
  return png_of(pixels);
}

unsigned depth_for_milliseconds(unsigned milliseconds) {
  static const double depth_per_microsecond = [] {
    constexpr unsigned probe = 400;
    const auto start = std::chrono::steady_clock::now();
    const std::string picture = render_tile(probe);
    const std::chrono::duration<double, std::micro> taken =
        std::chrono::steady_clock::now() - start;
    return picture.empty() ? 1.0 : probe / taken.count();
  }();
  return 1 + static_cast<unsigned>(milliseconds * 1000 * depth_per_microsecond);
}

}  // namespace server
