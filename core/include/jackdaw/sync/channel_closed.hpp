// SPDX-License-Identifier: MIT
// The error of a send on a closed channel.
#pragma once

#include <stdexcept>

namespace jackdaw {

/// Thrown by a send on a channel that is, or while waiting was, closed. The value is still with the
/// sender.
class channel_closed final : public std::runtime_error {
 public:
  channel_closed() : std::runtime_error("jackdaw: the channel is closed; nothing can be sent") {}
};

}  // namespace jackdaw
