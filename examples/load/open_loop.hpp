// SPDX-License-Identifier: MIT
// Requests at times that were fixed beforehand, and how late their answers were.
#pragma once

#include "histogram.hpp"
#include "load_options.hpp"

#include <jackdaw/jackdaw.hpp>

#include <cstdint>

namespace load {

/// Latency counts from the moment at which a request *should* have been sent: a server that stalls
/// makes the requests behind it late as well, which a closed loop, waiting for it, would not see.
struct load_report {
  std::uint64_t sent = 0;
  std::uint64_t ok = 0;       ///< answered with status 200
  std::uint64_t refused = 0;  ///< answered with status 503
  std::uint64_t errors = 0;   ///< any other status, a broken connection, a timeout
  histogram latency;          ///< of `ok`
  histogram lateness;         ///< of sending: how far behind its plan the generator itself was
};

/// Sends `rate * duration` requests over at most `connections` connections.
[[nodiscard]] jackdaw::task<load_report> run_open_loop(const load_options& options);

}  // namespace load
