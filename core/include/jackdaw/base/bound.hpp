// SPDX-License-Identifier: MIT
// Constants that a model checker makes small, so that a few steps go beyond them.
#pragma once

#include <cstddef>

namespace jackdaw::base {

/// `shipped`, or `checked` where JACKDAW_SMALL_BOUNDS is defined: some tests under
/// tests/interleavings do that, for the sources that they check; users never do.
[[nodiscard]] constexpr std::size_t bound([[maybe_unused]] std::size_t shipped,
                                          [[maybe_unused]] std::size_t checked) noexcept {
#if defined(JACKDAW_SMALL_BOUNDS)
  return checked;
#else
  return shipped;
#endif
}

}  // namespace jackdaw::base
