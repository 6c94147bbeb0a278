// SPDX-License-Identifier: MIT
// What the environment variables say about a runtime. Each throws std::invalid_argument, with the
// cure, for a value that makes no sense.
#pragma once

#include <cstddef>

#include <jackdaw/runtime.hpp>

namespace jackdaw::environment {

/// JACKDAW_WORKERS; by default one per usable CPU.
[[nodiscard]] std::size_t workers();

/// JACKDAW_IO: automatic or epoll.
[[nodiscard]] io_backend io();

}  // namespace jackdaw::environment
