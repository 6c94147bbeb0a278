// SPDX-License-Identifier: MIT
// The error of using a channel whose other side has ended it.
#pragma once

#include <stdexcept>

namespace jackdaw {

/// Thrown by a send on a channel that is, or while waiting was, closed: the value is still with the
/// sender. Thrown by the receive of a oneshot that was closed without a value.
class channel_closed final : public std::runtime_error {
 public:
  channel_closed()
      : std::runtime_error("jackdaw: the channel is closed; nothing more goes through it") {}
};

}  // namespace jackdaw
