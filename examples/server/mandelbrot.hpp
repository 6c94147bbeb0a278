// SPDX-License-Identifier: MIT
// A real CPU burst: a tile of the Mandelbrot set as a PNG, by one thread or by oneTBB's.
#pragma once

#include <string>

namespace server {

/// The picture of a tile at this depth (the most iterations per point; the cost is linear in it).
/// On oneTBB's threads; ends early, with an unfinished picture, when the algorithm is cancelled.
[[nodiscard]] std::string render_tile_in_parallel(unsigned depth);

/// The same picture, all of it on the calling thread.
[[nodiscard]] std::string render_tile(unsigned depth);

/// Milliseconds of one thread's work as a depth, found by one rendering when first called.
[[nodiscard]] unsigned depth_for_milliseconds(unsigned milliseconds);

}  // namespace server
