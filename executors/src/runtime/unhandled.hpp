// SPDX-License-Identifier: MIT
// What happens to an error that nobody receives, where the program has set no hook.
#pragma once

#include <jackdaw/services.hpp>

namespace jackdaw {

/// Prints it on stderr.
void print_unhandled(const unhandled_error& e) noexcept;

}  // namespace jackdaw
